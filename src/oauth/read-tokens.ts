/**
 * Who is calling with a read token, judged anew on each request, and again while one goes on. One D1 round trip, which
 * also counts. Every way in which one is not acceptable is one answer, after the same work; it is taken from the header
 * `Authorization` alone, and only where the door says so.
 */
import { sha256 } from "../core/envelope.ts";
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { isReadToken } from "../core/read-token.ts";
import { err, ok, type Result } from "../core/result.ts";
import { rangesAround } from "../core/source-addresses.ts";
import { dayOf, instant, parseTime } from "../core/time.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { quotaUsed } from "../exchange/quota-used.ts";
import { Work } from "../exchange/work.ts";
import { selectReader } from "../store/callers.ts";
import { batch, first, type RowOf } from "../store/database.ts";
import { countUse, noteUse } from "../store/read-tokens.ts";

const notThis = err(problem("unauthenticated", "This read token is not valid here now."));

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
export async function authenticateReader(
  exchange: Exchange,
  text: string,
  address: string | undefined,
): Promise<Result<Caller, Problem>> {
  const shown = { secret_sha256: await sha256(text), ranges: rangesAround(address) };
  const now = instant(exchange.now);
  const day = dayOf(exchange.now);
  const [[row], [quota]] = await batch(exchange.db, [
    selectReader(shown, now),
    countUse(shown, day, now),
    noteUse(shown, day, now),
  ]);
  if (!row || !quota) return notThis;
  if (quota.requests > limits.quota.requests) return err(quotaUsed("requests", exchange.now));
  // What goes on is as long as with an access token, and then begins anew.
  const until = Math.min(parseTime(row.expires_at)!, exchange.now + limits.token_seconds * 1_000);
  const work = new Work(row.partner);
  const callerOf = (found: RowOf<ReturnType<typeof selectReader>> | undefined): Result<Caller, Problem> =>
    found
      ? ok({
          partner: found.partner,
          kind: found.kind,
          country: found.country,
          scopes: ["tips:read"],
          // The read token itself, so that records tell one tool from another; its row has the key behind it.
          kid: `read_token:${found.read_token}`,
          held: JSON.parse(found.held) as Caller["held"],
          places: JSON.parse(found.places) as string[],
          purpose: found.purpose,
          quota,
          work,
          until,
          again,
        })
      : notThis;
  const again: Caller["again"] = async (later) =>
    later.now < until ? callerOf(await first(later.db, selectReader(shown, instant(later.now)))) : notThis;
  return callerOf(row);
}
