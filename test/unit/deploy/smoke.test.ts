import { createServer, type Server } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { smoke } from "../../../scripts/deploy/smoke.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  vi.restoreAllMocks();
});

/** Answers each path with the JSON given for it, others with 401; a path without an answer loses its connection. */
async function deployed(answers: (url: string) => Record<string, unknown>): Promise<string> {
  vi.spyOn(console, "log").mockImplementation(() => {});
  let url = "";
  const server = createServer((request, response) => {
    const answer = answers(url);
    if (!(request.url! in answer)) return void response.writeHead(401).end();
    if (answer[request.url!] === undefined) return void request.socket.destroy();
    response.end(JSON.stringify(answer[request.url!]));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return url;
}
const metadata = "/.well-known/oauth-authorization-server";
const jwks = "/.well-known/jwks.json";

test("an exchange that names itself, has one public key and a closed door is taken, without a steward too", async () => {
  const url = await deployed((own) => ({ [metadata]: { issuer: own }, [jwks]: { keys: [{ kid: "k" }] } }));
  await expect(smoke(url, undefined, 0)).resolves.toBeUndefined();
});

test.each([
  ["another exchange at that address", () => ({ [metadata]: { issuer: "https://other.example" } }), /calls itself/],
  [
    "a private key in its key set",
    (own: string) => ({ [metadata]: { issuer: own }, [jwks]: { keys: [{ kid: "k", d: "x" }] } }),
    /not one public key/,
  ],
  [
    "an open door",
    (own: string) => ({ [metadata]: { issuer: own }, [jwks]: { keys: [{ kid: "k" }] }, "/v1/tips": [] }),
    /answers 200, not 401/,
  ],
  [
    "one that goes away",
    (own: string) => ({ [metadata]: { issuer: own }, [jwks]: undefined }),
    /answered and then no longer/,
  ],
  ["nobody", () => ({ [metadata]: undefined }), /does not answer as an exchange yet/],
])("%s is refused, saying how to try again", async (_what, answers, sentence) => {
  const refused = smoke(await deployed(answers), undefined, 0);
  await expect(refused).rejects.toThrow(sentence);
  await expect(refused).rejects.toThrow("npm run deploy -- smoke");
});
