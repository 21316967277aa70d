/**
 * The product's Worker over a database that counts: the header `rows-read` of an answer says how many rows its statements
 * read. What is read and written for push, by the endpoints and by waking them, is added up: `/counted` tells it, and with `?end` begins anew.
 * `/scheduled?at=MS` is a run of the scheduled job at that time, and tells how long each of its transactions took.
 */
import { app } from "../../../src/app.ts";
import { type Env, exchangeOf } from "../../../src/exchange/exchange.ts";
import { runSchedule } from "../../../src/exchange/run-schedule.ts";
import { Dispatcher as ProductDispatcher } from "../../../src/push/dispatcher.ts";
import { Endpoint as ProductEndpoint } from "../../../src/push/endpoint.ts";
import { keepOnSchedule } from "../../../src/taxii/keep-observables.ts";

class Count {
  rows_read = 0;
  rows_written = 0;
  statements = 0;
  round_trips = 0;
  /** Transactions that wrote, and the milliseconds of each transaction. */
  writes = 0;
  milliseconds: number[] = [];

  add(results: D1Result[], began: number): void {
    this.round_trips++;
    this.milliseconds.push(Date.now() - began);
    if (results.some(({ meta }) => meta.rows_written > 0)) this.writes++;
    for (const { meta } of results) {
      this.rows_read += meta.rows_read;
      this.rows_written += meta.rows_written;
      this.statements++;
    }
  }
}

/** Whose figures a statement adds to, at the moment it is done. */
type Counting = () => Count;
let pushed = new Count();
const push: Counting = () => pushed;

/** `first` alone has no figures of its own, so it is made of `all`. */
function countStatement(statement: D1PreparedStatement, counting: Counting): D1PreparedStatement {
  return {
    bind: (...values: unknown[]) => countStatement(statement.bind(...values), counting),
    all: () => all(statement, counting),
    run: () => all(statement, counting),
    first: async (column?: string) => {
      const row = (await all(statement, counting)).results[0] as Record<string, unknown> | undefined;
      return (column === undefined ? row : row?.[column]) ?? null;
    },
    statement,
  } as unknown as D1PreparedStatement;
}

async function all(statement: D1PreparedStatement, counting: Counting): Promise<D1Result> {
  const began = Date.now();
  const result = await statement.all();
  counting().add([result], began);
  return result;
}

const countDatabase = (db: D1Database, counting: Counting): D1Database =>
  ({
    prepare: (text: string) => countStatement(db.prepare(text), counting),
    batch: async (statements: { statement: D1PreparedStatement }[]) => {
      const began = Date.now();
      const results = await db.batch(statements.map(({ statement }) => statement));
      counting().add(results, began);
      return results;
    },
  }) as unknown as D1Database;

export class Endpoint extends ProductEndpoint {
  constructor(context: DurableObjectState, env: Env) {
    super(context, { ...env, DB: countDatabase(env.DB, push) });
  }
}

export class Dispatcher extends ProductDispatcher {
  constructor(context: DurableObjectState, env: Env) {
    super(context, { ...env, DB: countDatabase(env.DB, push) });
  }
}

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname, search, searchParams } = new URL(request.url);
    if (pathname === "/scheduled") {
      const count = new Count();
      const exchange = await exchangeOf(env, Number(searchParams.get("at")), () => {});
      if (searchParams.has("keep")) await keepOnSchedule(exchange);
      else await runSchedule({ ...exchange, db: countDatabase(env.DB, () => count) });
      return Response.json(count);
    }
    if (pathname === "/counted") {
      const counted = pushed;
      if (search === "?end") pushed = new Count();
      return Response.json(counted);
    }
    const count = new Count();
    let answered = false;
    // What a request does after its answer is waking.
    const counting = () => (answered ? pushed : count);
    const answer = await app.fetch(request, { ...env, DB: countDatabase(env.DB, counting) }, context);
    answered = true;
    const counted = new Response(answer.body, answer);
    counted.headers.set("rows-read", String(count.rows_read));
    counted.headers.set("statements", String(count.statements));
    counted.headers.set("transactions", String(count.writes));
    return counted;
  },
};
