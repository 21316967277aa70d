/**
 * What the platform calls while the exchange is closed: every request is answered 503, the schedule does nothing, and the
 * endpoints' alarms only put themselves off, so that none is lost and nothing is sent.
 */
import { DurableObject } from "cloudflare:workers";
import { problem, problems } from "./core/problem.ts";
import type { Env } from "./exchange/exchange.ts";

const again = 300;

class Resting extends DurableObject<Env> {
  override alarm(): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + again * 1_000);
  }
}
export class Dispatcher extends Resting {}
export class Endpoint extends Resting {}

export default {
  fetch(_request, env): Response {
    const { slug, detail } = problem(
      "unavailable",
      "The exchange is closed for maintenance. Try again in a few minutes.",
    );
    const { status, title } = problems[slug];
    const body = { type: `${env.EXCHANGE_URL}/problems/${slug}`, title, status, detail };
    const headers = {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "retry-after": String(again),
    };
    return new Response(JSON.stringify(body), { status, headers });
  },
  scheduled(): void {},
} satisfies ExportedHandler<Env>;
