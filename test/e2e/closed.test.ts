/** The Worker of a closed exchange, bundled as `npm run deploy -- close` does, in place of the exchange's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle, identityOf, workerOf } from "../../scripts/runtime.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tipoff-closed-"));
let miniflare: Miniflare;

beforeAll(async () => {
  const script = bundle(path.join(folder, "bundle"), "src/closed.ts");
  const worker = workerOf(script, identityOf(folder, 8787).identity);
  miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, workers: [worker] } as never));
  await miniflare.ready;
});
afterAll(async () => {
  await miniflare?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test.each(["/", "/docs", "/openapi.json", "/problems/unavailable", "/v1/tips", "/.well-known/jwks.json", "/nowhere"])(
  "%s answers 503 with a time to come back",
  async (at) => {
    const answer = await miniflare.dispatchFetch(`http://127.0.0.1:8787${at}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("300");
    expect(await answer.json()).toMatchObject({ type: "http://127.0.0.1:8787/problems/unavailable", status: 503 });
  },
);
