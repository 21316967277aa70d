/** What the platform calls while the exchange is closed: every request is answered 503 and the schedule does nothing. */
import { problem, problems } from "./core/problem.ts";
import type { Env } from "./exchange/exchange.ts";

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
