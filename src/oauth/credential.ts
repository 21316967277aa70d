/**
 * What a request shows of itself, judged as of this moment: by a D1 round trip that also counts; or, where it was judged before
 * in the life of this worker, in the same transaction as whatever the request first asks of the database. Guarantees: what is
 * remembered is never believed, only compared; where it is not what is there now, all is as if nothing had been asked.
 */
import { limits } from "../core/limits.ts";
import type { Problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import { dayOf, instant } from "../core/time.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { quotaUsed } from "../exchange/quota-used.ts";
import { Work } from "../exchange/work.ts";
import { type CallerRow, isSame } from "../store/callers.ts";
import { batch, first, guard, isTaken, type SQL, type SQLWrapper } from "../store/database.ts";
import { JudgingDatabase, NotAsKnown } from "../store/judging-database.ts";
import { requestsLeft, type Used } from "../store/quotas.ts";

/** Who a credential is of, and what it allows at this moment. */
export type Standing = Omit<Caller, "quota" | "work" | "until" | "again">;

export interface Credential<Row extends CallerRow = CallerRow> {
  /** What its row is remembered by: nobody else can show it. */
  id: string;
  /** Its row at a moment; none where it is not valid then. */
  select(now: string): SQL<Row>;
  /** Counts the request, where it is valid; then what may be used once. */
  uses: readonly [SQL<Used>, ...SQLWrapper[]];
  /** Undefined: it allows nothing. */
  standing(row: Row): Standing | undefined;
  /** When what goes on has to show it anew; milliseconds. */
  until(row: Row): number;
  /** Not valid, for whatever reason; what may be used once was used before. */
  refused: Problem;
  replayed?: Problem;
}

/** Rows as they were judged last, and what their partner had used. */
const remembered = new Map<string, { row: CallerRow; quota: Used }>();
const rememberedAtMost = 2_000;

export async function judgeCredential(exchange: Exchange, credential: Credential): Promise<Result<Caller, Problem>> {
  const { refused, replayed } = credential;
  const asked = [credential.select(instant(exchange.now)), ...credential.uses] as const;
  let rows: [CallerRow[], Used[]];
  try {
    rows = (await batch(exchange.db, asked)) as unknown as typeof rows;
  } catch (error) {
    if (!replayed || !isTaken(error)) throw error;
    // Whoever shows a proof again and again is not taken for its maker each time.
    remembered.delete(credential.id);
    return err(replayed);
  }
  const [[row], [quota]] = rows;
  const standing = row && credential.standing(row);
  const isOver = quota !== undefined && quota.requests > limits.quota.requests;
  // From its second try on, what was valid once is as much work as what never was.
  if (!standing || !quota || isOver) remembered.delete(credential.id);
  if (!standing || !quota) return err(refused);
  if (isOver) return err(quotaUsed("requests", exchange.now));
  if (remembered.size >= rememberedAtMost) remembered.clear();
  remembered.set(credential.id, { row, quota });
  return ok(callerOf(credential, row, standing, quota));
}

/**
 * Serves whoever was judged before, by a database that judges in the first transaction; where nothing was asked of it, `judged` is
 * called before an answer is made, and no answer leaves before that. Undefined: who asks is not known, or not as it was: all is to
 * be done as if this had not been.
 */
export async function serveKnown<Answered>(
  exchange: Exchange,
  credential: Credential,
  serve: (caller: Caller, exchange: Exchange, judged: () => Promise<void>) => Promise<Answered>,
): Promise<Answered | undefined> {
  const known = remembered.get(credential.id);
  const standing = known && credential.standing(known.row);
  if (!standing) return undefined;
  const { row, quota } = known;
  const same = isSame(credential.select(instant(exchange.now)), row);
  const left = requestsLeft(standing.partner, dayOf(exchange.now));
  const db = new JudgingDatabase(exchange.db, [guard("caller_same", same, left), ...credential.uses]);
  try {
    const caller = callerOf(credential, row, standing, quota);
    const answered = await serve(caller, { ...exchange, db: db.asDatabase() }, () => db.judged());
    await db.judged();
    return answered;
  } catch (error) {
    if (error instanceof NotAsKnown) return undefined;
    throw error;
  }
}

function callerOf(credential: Credential, row: CallerRow, standing: Standing, quota: Used): Caller {
  const until = credential.until(row);
  const work = new Work(standing.partner);
  const again: Caller["again"] = async (later) => {
    const found = later.now < until ? await first(later.db, credential.select(instant(later.now))) : undefined;
    const stands = found && credential.standing(found);
    return stands ? ok({ ...stands, quota, work, until, again }) : err(credential.refused);
  };
  return { ...standing, quota, work, until, again };
}
