/**
 * Read tokens: for tools of yours that sign nothing (a TAXII client, MISP, a spreadsheet). One opens every GET that needs
 * `tips:read`, and nothing else, as the password of Basic credentials with any user name, as `Bearer` or as `Token`.
 */
import type { Connection } from "./connect.ts";
import { queryOf } from "./send.ts";

export interface ReadTokenSettings {
  /** Which tool it is for. */
  description?: string;
  /** Addresses and ranges it is taken from. Law enforcement, and who must use DPoP, names some. */
  addresses?: string[];
  /** 1 to 90, which is the default. */
  days?: number;
}

/** As the exchange has it (`/openapi.json`, schema `ReadToken`). Times are RFC 3339 in UTC. */
export interface ReadToken {
  /** Its id, by which it is revoked; not the token. */
  read_token: string;
  description?: string;
  /** Law enforcement: the purpose of the token it was made with, and with whose end it ends. */
  purpose?: string;
  addresses?: string[];
  /** The key it was made with: where that was compromised by then, it is refused. */
  key: string;
  made_at: string;
  expires_at: string;
  revoked_at?: string;
  /** The day it was last used, in UTC. */
  used_on?: string;
}

/**
 * Makes one. Keep `token`, which is shown this once; where the answer is lost, revoke what `listReadTokens` shows. Throws
 * ExchangeProblem 422 for addresses that are none or too wide, 409 `read-tokens-full` at the 21st.
 *
 * @example
 * ```js
 * const { token } = await makeReadToken(exchange, { description: "OpenCTI", addresses: ["203.0.113.7"] });
 * writeFileSync("opencti.token", token, { mode: 0o600 });
 * ```
 */
export const makeReadToken = (
  connection: Connection,
  settings: ReadTokenSettings = {},
): Promise<ReadToken & { token: string }> => connection.call("POST", "/v1/read-tokens", settings);

/**
 * Yours, the newest first, those that are over or revoked too; page by page as they are wanted.
 *
 * @example
 * ```js
 * for await (const { read_token, description, used_on } of listReadTokens(exchange)) console.log(read_token, description, used_on);
 * ```
 */
export async function* listReadTokens(connection: Connection): AsyncGenerator<ReadToken, void, undefined> {
  for (let after = ""; ; ) {
    const page = await connection.call<{ read_tokens: ReadToken[]; next: string | null }>(
      "GET",
      `/v1/read-tokens?${queryOf({ limit: 200, after })}`,
    );
    yield* page.read_tokens;
    if (!page.next) return;
    after = page.next;
  }
}

/**
 * Revokes one: it is refused from its next request on. Throws ExchangeProblem 404 where it is not there or another's.
 *
 * @example
 * ```js
 * await revokeReadToken(exchange, id);
 * ```
 */
export const revokeReadToken = (connection: Connection, id: string): Promise<void> =>
  connection.call("DELETE", `/v1/read-tokens/${encodeURIComponent(id)}`);
