/** The Worker over a database that, where `accept` asks for it (`spin=N`), spins before statement N of a tip's write batch. */
import { app } from "../../src/app.ts";
import type { Env } from "../../src/exchange/exchange.ts";

export { Dispatcher } from "../../src/push/dispatcher.ts";
export { Endpoint } from "../../src/push/endpoint.ts";

/** Shorter batches are not a tip's. */
const tipStatements = 10;
const spin = "WITH RECURSIVE spin (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM spin) SELECT count(*) FROM spin";

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
    const at = /spin=(\d+)/.exec(request.headers.get("accept") ?? "")?.[1];
    if (at === undefined) return app.fetch(request, env, context);
    const db = env.DB;
    const DB = new Proxy(db, {
      get(target, property) {
        if (property === "batch") {
          return (list: D1PreparedStatement[]) => {
            if (list.length <= tipStatements) return target.batch(list);
            if (Number(at) >= list.length) throw new Error("D1_ERROR: no such statement");
            return target.batch([...list.slice(0, Number(at)), target.prepare(spin), ...list.slice(Number(at))]);
          };
        }
        const value = Reflect.get(target, property);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    return app.fetch(request, { ...env, DB }, context);
  },
} satisfies ExportedHandler<Env>;
