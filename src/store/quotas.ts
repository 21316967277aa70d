/** What each partner used of its day, and ids that may be used once. */
import { limits } from "../core/limits.ts";
import { insertInto, type SQL, sql } from "./database.ts";

export interface Used {
  requests: number;
  bytes: number;
  index_keys: number;
  questions: number;
  calls: number;
}

export const use = (partner: string, day: string, used: Partial<Used>) => sql<Used>`
  INSERT INTO quota (partner, day, requests, bytes, index_keys, questions, calls)
  VALUES (${partner}, ${day}, ${used.requests ?? 0}, ${used.bytes ?? 0}, ${used.index_keys ?? 0}, ${used.questions ?? 0}, ${used.calls ?? 0})
  ON CONFLICT (partner, day) DO UPDATE SET requests = requests + excluded.requests, bytes = bytes + excluded.bytes,
    index_keys = index_keys + excluded.index_keys, questions = questions + excluded.questions,
    calls = calls + excluded.calls
  RETURNING requests, bytes, index_keys, questions, calls`;

/** One more request still fits the partner's day. */
export const requestsLeft = (partner: string, day: string): SQL => sql`
  NOT EXISTS (SELECT 1 FROM quota WHERE partner = ${partner} AND day = ${day} AND requests >= ${limits.quota.requests})`;

/** So much more of bytes and index keys still fits the partner's day. */
export const quotaLeft = (partner: string, day: string, more: { bytes: number; index_keys: number }): SQL => sql`
  NOT EXISTS (SELECT 1 FROM quota WHERE partner = ${partner} AND day = ${day}
    AND (bytes + ${more.bytes} > ${limits.quota.bytes} OR index_keys + ${more.index_keys} > ${limits.quota.index_keys}))`;

/** Fails on the UNIQUE constraint where the id was used before. */
export const useOnce = (id: string, until: string) => insertInto("used_once", { id, until });

export const selectUsed = (id: string) => sql<{ id: string }>`SELECT id FROM used_once WHERE id = ${id}`;
