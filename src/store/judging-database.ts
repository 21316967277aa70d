/**
 * The database for a request whose caller is only known from before: whatever it is first asked is asked in one transaction
 * with the judgement of who asks. Guarantees: nothing is read, written or counted unless that judgement holds in the same
 * transaction; where it does not, `NotAsKnown` is thrown and all is as if nothing had been asked.
 */
import { brokenGuard, isTaken, prepare, type SQLWrapper } from "./database.ts";

/** The caller has to be judged anew. */
export class NotAsKnown extends Error {}

export class JudgingDatabase {
  readonly #db: D1Database;
  readonly #judgement: readonly SQLWrapper[];
  #isJudged = false;
  /** A first batch is on its way. */
  #judging: Promise<void> | undefined;

  /** `judgement`: a guard, and what is counted with it. Whether a single-use id was used before is part of it, too. */
  constructor(db: D1Database, judgement: readonly SQLWrapper[]) {
    this.#db = db;
    this.#judgement = judgement;
  }

  /** As the deeds take it: what they use of one is here. */
  asDatabase(): D1Database {
    return this as unknown as D1Database;
  }

  /** What it gives cannot reach the database but through `batch`. */
  prepare(text: string): D1PreparedStatement {
    return new Statement(this, this.#db.prepare(text)) as unknown as D1PreparedStatement;
  }

  async batch<Row>(statements: readonly D1PreparedStatement[]): Promise<D1Result<Row>[]> {
    const own = statements.map((statement) => (statement as unknown as Statement).real);
    // Where the first one failed for reasons of its own, the next is the first.
    while (this.#judging) await this.#judging;
    if (this.#isJudged) return this.#db.batch<Row>(own);
    const judgement = this.#judgement.map((statement) => prepare(this.#db, statement));
    const first = this.#db.batch<Row>([...judgement, ...own]);
    this.#judging = first.then(
      () => {
        this.#isJudged = true;
        this.#judging = undefined;
      },
      () => {
        this.#judging = undefined;
      },
    );
    try {
      return (await first).slice(judgement.length);
    } catch (error) {
      throw brokenGuard(error) === "caller_same" || isTaken(error) ? new NotAsKnown() : error;
    }
  }

  /** Also where nothing was asked of the database: before this returns, no answer leaves. */
  async judged(): Promise<void> {
    if (!this.#isJudged) await this.batch([]);
  }
}

class Statement {
  readonly #db: JudgingDatabase;
  readonly real: D1PreparedStatement;

  constructor(db: JudgingDatabase, real: D1PreparedStatement) {
    this.#db = db;
    this.real = real;
  }

  bind(...values: unknown[]): Statement {
    return new Statement(this.#db, this.real.bind(...values));
  }

  async all<Row>(): Promise<D1Result<Row>> {
    const [result] = await this.#db.batch<Row>([this as unknown as D1PreparedStatement]);
    return result!;
  }

  async first<Row>(): Promise<Row | null> {
    return (await this.all<Row>()).results[0] ?? null;
  }
}
