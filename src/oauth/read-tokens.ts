/**
 * Read tokens as requests show them, judged in the database anew on each request and again while one goes on. Every way in which
 * one is not acceptable is one answer, after the same work; it is taken from the header `Authorization` alone, and only where
 * the door says so.
 */
import { sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { problem } from "../core/problem.ts";
import { isReadToken } from "../core/read-token.ts";
import { rangesAround } from "../core/source-addresses.ts";
import { dayOf, instant, parseTime } from "../core/time.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { selectReader } from "../store/callers.ts";
import type { RowOf } from "../store/database.ts";
import { countUse, noteUse } from "../store/read-tokens.ts";
import type { Credential, Standing } from "./credential.ts";

/** The read token a request shows: as `Bearer` or `Token`, or as the password of Basic credentials (RFC 7617) of any user. */
export function readTokenIn(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(Bearer|Token|Basic) +([A-Za-z0-9+/=_-]{20,1000})$/i.exec(authorization ?? "") ?? [];
  if (!scheme || !value) return undefined;
  const text = scheme.toLowerCase() === "basic" ? passwordOf(value) : value;
  return text !== undefined && isReadToken(text) ? text : undefined;
}

function passwordOf(credentials: string): string | undefined {
  try {
    const text = atob(credentials);
    const colon = text.indexOf(":");
    return colon < 0 ? undefined : text.slice(colon + 1);
  } catch {
    return undefined;
  }
}

/** `address`: where the request comes from, as the platform says; a token that is bound to addresses is not taken without. */
export async function readCredential(
  { now }: Exchange,
  text: string,
  address: string | undefined,
): Promise<Credential> {
  const shown = { secret_sha256: await sha256(text), ranges: rangesAround(address) };
  const credential: Credential<ReaderRow> = {
    // By its address, too: who has it elsewhere must not be able to tell that it is in use where it is bound to.
    id: `read_token ${shown.secret_sha256} ${address ?? ""}`,
    select: (moment) => selectReader(shown, moment),
    uses: [countUse(shown, dayOf(now), instant(now)), noteUse(shown, dayOf(now), instant(now))],
    standing: (row) => ({
      partner: row.partner,
      kind: row.kind,
      country: row.country,
      scopes: ["tips:read"],
      // The read token itself, so that records tell one tool from another; its row has the key behind it.
      kid: `read_token:${row.read_token}`,
      held: JSON.parse(row.held) as Standing["held"],
      places: JSON.parse(row.places) as string[],
      purpose: row.purpose,
    }),
    // What goes on is as long as with an access token, and then begins anew.
    until: (row) => Math.min(parseTime(row.expires_at)!, now + limits.token_seconds * 1_000),
    refused: problem(
      "unauthenticated",
      "This read token is not valid here now: expired, revoked, its purpose over, or from another address. Make a new one.",
    ),
  };
  return credential as unknown as Credential;
}

type ReaderRow = RowOf<ReturnType<typeof selectReader>>;
