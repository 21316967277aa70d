// A receiver of webhooks:  TIPOFF_WEBHOOK_SECRET=whsec_… node receive-webhook.mjs 9000
import { createServer } from "node:http";
import { challengeAnswer, verifyWebhook } from "tipoff";

// While the secret is rotated both are there, divided by a space or a line's end.
const secrets = (process.env.TIPOFF_WEBHOOK_SECRET ?? "").split(/\s+/);
// In a service this is a table, which outlives a restart.
const seen = new Set();

/** @type {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => Promise<unknown>} */
const receive = async (request, response) => {
  const pieces = [];
  for await (const piece of request) if (pieces.push(piece) > 1_000) return request.destroy();
  // The text as it came: parsed and written again it would be another.
  const verified = await verifyWebhook({ headers: request.headers, body: Buffer.concat(pieces).toString() }, secrets);
  if (!verified.ok) return response.writeHead(401).end(verified.error);
  const answer = challengeAnswer(verified.value);
  if (answer) return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  // Answered first, worked on afterwards: what takes long is sent again.
  response.writeHead(204).end();
  const { webhook_id, type, data } = verified.value;
  if (seen.has(webhook_id)) return;
  seen.add(webhook_id);
  console.log(`${type}: ${data.tip} from ${data.from}; now read the feed`);
};

createServer((request, response) => receive(request, response).catch(() => response.destroy())).listen(
  Number(process.argv[2]),
  "127.0.0.1",
);
