/**
 * Purposes of law enforcement: registered ahead, shown, ended. These calls take a token of their own that carries no purpose,
 * so that they work before the first one counts; every other call carries the profile's `purpose`.
 */
import type { Purpose } from "../core/purpose.ts";
import type { Connection } from "./connect.ts";
import { queryOf } from "./send.ts";

/** As the exchange has it (`/openapi.json`, schema `RegisteredPurpose`). Times are RFC 3339 in UTC. */
export interface RegisteredPurpose extends Purpose {
  /** Its id, which records of access name. */
  purpose: string;
  /** Only while it is `active` anything is read for it. `waiting`: the steward has not approved it. */
  state: "waiting" | "active" | "over" | "ended";
  made_at: string;
  approved_at?: string;
  ended_at?: string;
  /** `steward`: declined, or taken back. */
  ended_by?: "partner" | "steward";
}

const at = (id: string, deed = ""): string => `/v1/purposes/${encodeURIComponent(id)}${deed}`;

/**
 * Registers why you will read; the same purpose again is the same one. `state` says whether it waits for the steward. Put what
 * you registered into the profile as `purpose`, and it is what calls carry. Throws ExchangeProblem 422 with every fault.
 *
 * @example
 * ```js
 * const purpose = { type: "tipoff_purpose", legal_basis: "court-order", case: "XA-17", unit: "Unit 3", until: "2027-01-31T00:00:00Z" };
 * const { state } = await registerPurpose(exchange, purpose);
 * ```
 */
export const registerPurpose = (connection: Connection, purpose: Purpose): Promise<RegisteredPurpose> =>
  connection.call("POST", "/v1/purposes", purpose, { repeatable: true });

/**
 * Your purposes, the newest first, page by page as they are wanted.
 *
 * @example
 * ```js
 * for await (const { purpose, case: reference, state } of listPurposes(exchange)) console.log(purpose, reference, state);
 * ```
 */
export async function* listPurposes(connection: Connection): AsyncGenerator<RegisteredPurpose, void, undefined> {
  for (let after = ""; ; ) {
    const page = await connection.call<{ purposes: RegisteredPurpose[]; next: string | null }>(
      "GET",
      `/v1/purposes?${queryOf({ limit: 200, after })}`,
    );
    yield* page.purposes;
    if (!page.next) return;
    after = page.next;
  }
}

/**
 * One of your purposes. Throws ExchangeProblem 404 where it is not there or another's.
 *
 * @example
 * ```js
 * const { state, approved_at } = await readPurpose(exchange, id);
 * ```
 */
export const readPurpose = (connection: Connection, id: string): Promise<RegisteredPurpose> =>
  connection.call("GET", at(id));

/**
 * Ends it for ever, and with it at their next step its tokens, read tokens, subscriptions and streams.
 *
 * @example
 * ```js
 * await endPurpose(exchange, id);
 * ```
 */
export const endPurpose = (connection: Connection, id: string): Promise<RegisteredPurpose> =>
  connection.call("POST", at(id, "/end"), undefined, { repeatable: true });
