/** The product's app over a database that counts: the header `rows-read` of an answer says how many rows its statements read. */
import { app } from "../../../src/app.ts";
import type { Env } from "../../../src/exchange/exchange.ts";

export { Dispatcher } from "../../../src/push/dispatcher.ts";
export { Endpoint } from "../../../src/push/endpoint.ts";

interface Count {
  rows: number;
  statements: number;
}

function add(count: Count, result: D1Result): void {
  count.rows += result.meta.rows_read;
  count.statements++;
}

/** `first` alone has no figures of its own, so it is made of `all`. */
function countStatement(statement: D1PreparedStatement, count: Count): D1PreparedStatement {
  return {
    bind: (...values: unknown[]) => countStatement(statement.bind(...values), count),
    all: () => all(statement, count),
    run: () => all(statement, count),
    first: async (column?: string) => {
      const row = (await all(statement, count)).results[0] as Record<string, unknown> | undefined;
      return (column === undefined ? row : row?.[column]) ?? null;
    },
    statement,
  } as unknown as D1PreparedStatement;
}

async function all(statement: D1PreparedStatement, count: Count): Promise<D1Result> {
  const result = await statement.all();
  add(count, result);
  return result;
}

const countDatabase = (db: D1Database, count: Count): D1Database =>
  ({
    prepare: (text: string) => countStatement(db.prepare(text), count),
    batch: async (statements: { statement: D1PreparedStatement }[]) => {
      const results = await db.batch(statements.map(({ statement }) => statement));
      for (const result of results) add(count, result);
      return results;
    },
  }) as unknown as D1Database;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const count: Count = { rows: 0, statements: 0 };
    const answer = await app.fetch(request, { ...env, DB: countDatabase(env.DB, count) }, context);
    const counted = new Response(answer.body, answer);
    counted.headers.set("rows-read", String(count.rows));
    counted.headers.set("statements", String(count.statements));
    return counted;
  },
};
