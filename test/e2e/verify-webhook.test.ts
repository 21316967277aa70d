/** `examples/verify_webhook.py`: a receiver in another language, with nothing installed, agrees with what is signed here. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { secretOf, signWebhook } from "../../src/core/webhook.ts";
import { type Ran, root } from "./world.ts";

const hasPython = (() => {
  try {
    execFileSync("python3", ["-c", "import hmac, sys; sys.exit(sys.version_info < (3, 9))"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
const name = `examples/verify_webhook.py${hasPython ? "" : " (skipped: no Python 3.9 or later here)"}`;

describe.skipIf(!hasPython)(name, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tipoff-python-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const [secret, older] = [secretOf(new Uint8Array(32).fill(1)), secretOf(new Uint8Array(24).fill(2))];
  const body = JSON.stringify({ type: "published", data: { tip: "a-tip", note: "Hafenlaterne, 港の灯, \u{1f3ee}" } });
  const now = Math.floor(Date.now() / 1_000);

  const verify = (headers: object, text: string, by: string): Promise<Ran> => {
    const files = ["headers.json", "body.json"].map((file) => path.join(folder, file)) as [string, string];
    writeFileSync(files[0], JSON.stringify(headers));
    writeFileSync(files[1], text);
    const env = { ...process.env, TIPOFF_WEBHOOK_SECRET: by };
    return new Promise((resolve) =>
      execFile("python3", [path.join(root, "examples/verify_webhook.py"), ...files], { env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      ),
    );
  };

  test("verifies what is signed here, under either secret while it is rotated", async () => {
    const headers = await signWebhook([secret, older], "msg_1", now, body);
    for (const each of [secret, older])
      expect(await verify(headers, body, each)).toMatchObject({ code: 0, out: "Verified: published a-tip\n" });
  });

  test("refuses another body, id, time or secret, and what is ten minutes old", async () => {
    const headers = await signWebhook([secret], "msg_1", now, body);
    for (const [changed, text, by] of [
      [headers, `${body} `, secret],
      [{ ...headers, "webhook-id": "msg_2" }, body, secret],
      [{ ...headers, "webhook-timestamp": String(now + 1) }, body, secret],
      [{ ...headers, "webhook-signature": "v1, v2,x" }, body, secret],
      [headers, body, older],
    ] as const)
      expect(await verify(changed, text, by)).toMatchObject({ code: 1, err: expect.stringContaining("no signature") });
    const old = await signWebhook([secret], "msg_1", now - 600, body);
    expect(await verify(old, body, secret)).toMatchObject({ code: 1, err: expect.stringContaining("an old message") });
  });
});
