/** Facepage's endpoint in the demo: verifies what comes, answers challenges, and tells of the first event of each tip. */
import { createServer } from "node:http";
import { challengeAnswer, verifyWebhook, type WebhookEvent } from "../../src/client/webhook.ts";

export interface DemoEndpoint {
  url: string;
  /** From now on it can verify; before that it refuses everything. */
  trust(secret: string): void;
  /** What it was told of a tip, and when that came. */
  told(tip: string): Promise<{ message: WebhookEvent; at: number }>;
  close(): void;
}

export async function openEndpoint(): Promise<DemoEndpoint> {
  let secret = "";
  const events: { message: WebhookEvent; at: number }[] = [];
  const server = createServer(async (request, response) => {
    const at = Date.now();
    let body = "";
    for await (const piece of request) body += piece;
    const verified = await verifyWebhook({ headers: request.headers, body }, secret);
    if (!verified.ok) return response.writeHead(401).end(verified.error);
    const answer = challengeAnswer(verified.value);
    if (answer) return response.end(JSON.stringify(answer));
    response.writeHead(204).end();
    events.push({ message: verified.value as WebhookEvent, at });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/hooks/tipoff`,
    trust: (given) => {
      secret = given;
    },
    told: async (tip) => {
      for (let tries = 0; ; tries++) {
        const found = events.find(({ message }) => message.data.tip === tip);
        if (found) return found;
        if (tries > 400) throw new Error("The webhook did not come.");
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
