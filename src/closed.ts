/**
 * What the platform calls while the exchange is closed: every request is answered 503, the schedule does nothing and endpoints
 * send nothing. What they keep stays as it is, so that they go on when the exchange is open again.
 */
import { DurableObject } from "cloudflare:workers";
import { problem, problems } from "./core/problem.ts";
import type { Env } from "./exchange/exchange.ts";

/** So long until one that has something to do looks whether the exchange is open. */
const restMs = 60_000;

class Resting extends DurableObject<Env> {
  /** Answers nothing: the schedule finds who was missed once it runs again. */
  wake(): void {}

  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + restMs);
  }
}
// The configuration names these classes, whatever is deployed under it.
export class Endpoint extends Resting {}
export class Dispatcher extends Resting {}

export default {
  fetch(_request, env): Response {
    const { slug, detail } = problem(
      "unavailable",
      "The exchange is closed for maintenance. Try again in a few minutes.",
    );
    const { status, title } = problems[slug];
    const body = { type: `${env.EXCHANGE_URL}/problems/${slug}`, title, status, detail };
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store", "retry-after": "300" };
    return new Response(JSON.stringify(body), { status, headers });
  },
  scheduled(): void {},
} satisfies ExportedHandler<Env>;
