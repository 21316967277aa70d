/**
 * What an endpoint keeps in its own SQLite: how far it read the feed, its deliveries by the event's seq, their attempts.
 * Nothing of a tip is in it: what is sent is read anew, and judged anew, each time.
 */
import type { DeliveryState } from "../core/names.ts";
import type { SubscriptionRow } from "./subscriptions.ts";

/** The subscription's row as last read, with its partner's places. */
export type KnownRow = SubscriptionRow & { places: string };

export interface Kept {
  subscription: string;
  epoch: string | null;
  cursor: number;
  row: KnownRow | undefined;
  failing_since: number | null;
  pause_for: "gone" | "failing" | null;
  /** The subscription that was called then. */
  pause_changed_at: string | null;
  told_cursor: number | null;
  told_next: number | null;
}

/** Times are in milliseconds since 1970. */
export interface DeliveryRow {
  seq: number;
  state: DeliveryState;
  /** Failures since it was taken, or asked for again. */
  tries: number;
  first_at: number;
  next_at: number;
}

export interface AttemptRow {
  seq: number;
  at: number;
  status: number | null;
  outcome: string;
  milliseconds: number;
}

const tables = `
  CREATE TABLE IF NOT EXISTS endpoint (
    one INTEGER PRIMARY KEY CHECK (one = 1), subscription TEXT NOT NULL, epoch TEXT, cursor INTEGER NOT NULL, row TEXT,
    failing_since INTEGER, pause_for TEXT, pause_changed_at TEXT, told_cursor INTEGER, told_next INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY, state TEXT NOT NULL, tries INTEGER NOT NULL, first_at INTEGER NOT NULL, next_at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_due ON delivery (next_at) WHERE state IN ('waiting', 'sending');
  CREATE TABLE IF NOT EXISTS attempt (
    seq INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER, outcome TEXT NOT NULL, milliseconds INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS attempt_by_delivery ON attempt (seq, at);`;

const open = "state IN ('waiting', 'sending')";
const attemptsKept = 30;

export class EndpointLog {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  /** Tables are made when there is something to keep: an endpoint that is gone leaves nothing. */
  #there: boolean;
  /** As last read; undefined where that was changed since. */
  #kept: Kept | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#there = [...this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'endpoint'")].length > 0;
  }

  /** What is kept; undefined before the first wake, and after the end. */
  kept(): Kept | undefined {
    if (!this.#there || this.#kept) return this.#kept;
    const [found] = this.#sql.exec<Record<string, SqlStorageValue>>("SELECT * FROM endpoint").toArray();
    if (!found) return undefined;
    const { row, ...rest } = found;
    this.#kept = { ...rest, row: row === null ? undefined : JSON.parse(row as string) } as Kept;
    return this.#kept;
  }

  #keep(columns: string, ...values: SqlStorageValue[]): void {
    this.#kept = undefined;
    this.#sql.exec(`UPDATE endpoint SET ${columns}`, ...values);
  }

  begin(subscription: string): void {
    if (this.#there) return;
    this.#sql.exec(tables);
    this.#there = true;
    this.#sql.exec("INSERT OR IGNORE INTO endpoint (one, subscription, cursor) VALUES (1, ?, 0)", subscription);
  }

  async end(): Promise<void> {
    this.#there = false;
    this.#kept = undefined;
    await this.#storage.deleteAll();
  }

  /** The row as it is now. In its first epoch an endpoint begins where the row says; in a later one nothing past that stands. */
  know(row: KnownRow, epoch: string): void {
    this.#storage.transactionSync(() => {
      if (this.kept()?.epoch !== epoch) {
        this.#sql.exec("DELETE FROM delivery WHERE seq > ?", row.caught_up);
        this.#sql.exec("DELETE FROM attempt WHERE seq > ?", row.caught_up);
        this.#keep("epoch = ?, cursor = ?, told_cursor = NULL", epoch, row.caught_up);
      }
      this.#keep("row = ?", JSON.stringify(row));
    });
  }

  /** Events whose time has come, those longest due first; those on their way are named in `except`. */
  due(now: number, most: number, except: ReadonlySet<number>): number[] {
    const rows = this.#sql.exec<{ seq: number }>(
      `SELECT seq FROM delivery WHERE ${open} AND next_at <= ? ORDER BY next_at LIMIT ?`,
      now,
      most + except.size,
    );
    return [...rows]
      .map((row) => row.seq)
      .filter((seq) => !except.has(seq))
      .slice(0, most);
  }

  nextDue(): number | undefined {
    return (
      this.#sql.exec<{ at: number | null }>(`SELECT min(next_at) AS at FROM delivery WHERE ${open}`).one().at ??
      undefined
    );
  }

  /**
   * In one transaction, before anything is sent: the cursor moves, and what is taken is on its way. Gives the seqs to send: not
   * what was delivered before, or waits for its time, which a cursor set back meets again; nor what `except` names.
   */
  take(
    taken: readonly number[],
    due: readonly number[],
    withheld: readonly number[],
    except: ReadonlySet<number>,
    cursor: number,
    now: number,
  ): Set<number> {
    const wanted = new Set(due);
    const sending = new Set<number>();
    this.#storage.transactionSync(() => {
      this.#keep("cursor = ?", cursor);
      for (const seq of taken) {
        const state = this.delivery(seq)?.state;
        if (except.has(seq) || (!wanted.has(seq) && (state === "delivered" || state === "waiting"))) continue;
        this.#sql.exec(
          `INSERT INTO delivery (seq, state, tries, first_at, next_at) VALUES (?, 'sending', 0, ?, ?)
          ON CONFLICT (seq) DO UPDATE SET state = 'sending', next_at = excluded.next_at,
            tries = CASE state WHEN 'exhausted' THEN 0 WHEN 'withheld' THEN 0 ELSE tries END`,
          seq,
          now,
          now,
        );
        sending.add(seq);
      }
      for (const seq of withheld) this.#sql.exec("UPDATE delivery SET state = 'withheld' WHERE seq = ?", seq);
    });
    return sending;
  }

  delivery(seq: number): DeliveryRow | undefined {
    if (!this.#there) return undefined;
    return [...this.#sql.exec<Record<string, SqlStorageValue>>("SELECT * FROM delivery WHERE seq = ?", seq)][0] as
      | DeliveryRow
      | undefined;
  }

  /** An attempt and what it comes to, in one transaction. */
  finish(attempt: AttemptRow, state: DeliveryState, tries: number, nextAt: number, failingSince: number | null): void {
    const { seq, at, status, outcome, milliseconds } = attempt;
    this.#storage.transactionSync(() => {
      this.#sql.exec("INSERT INTO attempt VALUES (?, ?, ?, ?, ?)", seq, at, status, outcome, milliseconds);
      this.#sql.exec("UPDATE delivery SET state = ?, tries = ?, next_at = ? WHERE seq = ?", state, tries, nextAt, seq);
      this.#keep("failing_since = ?", failingSince);
    });
  }

  /** To be paused, until that is known where the subscription is kept. */
  pauseFor(reason: Kept["pause_for"], changedAt: string | null): void {
    this.#keep("pause_for = ?, pause_changed_at = ?, failing_since = NULL", reason, changedAt);
  }

  /** What the database was told holds no more. */
  untold(): void {
    this.#keep("told_cursor = NULL");
  }

  told(cursor: number, next: number | undefined): void {
    this.#keep("told_cursor = ?, told_next = ?", cursor, next ?? null);
  }

  /** The event is sent again, whatever became of it. */
  again(seq: number, now: number): void {
    this.#sql.exec(
      `INSERT INTO delivery (seq, state, tries, first_at, next_at) VALUES (?, 'waiting', 0, ?, ?)
      ON CONFLICT (seq) DO UPDATE SET state = 'waiting', tries = 0, next_at = excluded.next_at`,
      seq,
      now,
      now,
    );
  }

  /** The feed is read again from there: what was delivered is passed over, what waits is due now. */
  goBack(seq: number, now: number): void {
    this.#storage.transactionSync(() => {
      this.#keep("cursor = min(cursor, ?)", seq);
      this.#sql.exec("UPDATE delivery SET tries = 0, next_at = ? WHERE state = 'waiting' AND seq > ?", now, seq);
    });
  }

  /** Deliveries before a seq, newest first, with the newest attempts of each, oldest first. */
  page(before: number, limit: number, state: DeliveryState | undefined): (DeliveryRow & { attempts: AttemptRow[] })[] {
    if (!this.#there) return [];
    const rows = this.#sql.exec<Record<string, SqlStorageValue>>(
      `SELECT * FROM delivery WHERE seq < ? ${state ? "AND state = ?" : ""} ORDER BY seq DESC LIMIT ?`,
      before,
      ...(state ? [state] : []),
      limit,
    );
    return ([...rows] as unknown as DeliveryRow[]).map((row) => ({
      ...row,
      attempts: (
        [
          ...this.#sql.exec<Record<string, SqlStorageValue>>(
            "SELECT * FROM attempt WHERE seq = ? ORDER BY at DESC LIMIT ?",
            row.seq,
            attemptsKept,
          ),
        ] as unknown as AttemptRow[]
      ).reverse(),
    }));
  }

  /** Deletes what is done with and older than that, or beyond so many deliveries. */
  prune(before: number, most: number): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        `DELETE FROM delivery WHERE NOT (${open}) AND (first_at < ? OR seq <= (
          SELECT seq FROM delivery ORDER BY seq DESC LIMIT 1 OFFSET ?))`,
        before,
        most,
      );
      this.#sql.exec("DELETE FROM attempt WHERE seq NOT IN (SELECT seq FROM delivery)");
    });
  }
}
