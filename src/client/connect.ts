/**
 * A connection as one partner: every call carries a token and a proof, what is safe to repeat is repeated (reads, questions,
 * and signed documents: the same document is the same tip), and a token that was refused is replaced once.
 */
import { type CryptoKey, importJWK } from "jose";
import { credentialsOf, type TokenAnswer } from "./credentials.ts";
import type { Profile } from "./profile.ts";
import { type ConnectOptions, open as openOnce, orAborted, problemOf, readAnswer, send, sendingOf } from "./send.ts";

export interface CallOptions {
  accept?: string;
  /** That doing it twice is doing it once, where the connection cannot know. */
  repeatable?: boolean;
}

/** What `connect` gives; every function of this library takes one first. */
export interface Connection {
  readonly profile: Profile;
  readonly key: CryptoKey;
  readonly alg: "EdDSA" | "ES256";
  readonly signal: AbortSignal | undefined;
  /**
   * Any call of the API (`/docs` of the exchange): the answer's JSON, undefined for 204.
   * Throws ExchangeProblem, Unreachable, or the signal's reason.
   */
  call<Answer>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /**
   * A GET whose answer is read as it comes: its response, sent once. The connection's `timeout` is for its beginning; its signal
   * ends it at any time. Throws as `call` does.
   */
  open(path: string, headers?: Record<string, string>): Promise<Response>;
  /**
   * A new access token, for other tools. Calls get their own by themselves. Many who want one at once share one request. It is
   * bound to the profile's key; `bearer`: to none, where the exchange allows that; `purposes`: for an agency's purposes alone.
   */
  token(how?: { bearer?: boolean; purposes?: boolean }): Promise<TokenAnswer>;
  /** The same connection, key and token, whose calls end when the signal is aborted or an attempt takes longer than `timeout`. */
  within(bounds: { signal?: AbortSignal; timeout?: number }): Connection;
}

/** POSTs whose repetition changes nothing: questions, and signed documents, which are the same tip again. */
const repeatable = (method: string, path: string): boolean =>
  method !== "POST" || /^\/v1\/(match|tips|tips\/[^/]+\/(withdrawal|feedback))$/.test(path);

/**
 * Opens a connection; nothing is sent before the first call. A token is used until 20 seconds before it expires, and asked
 * for by one request however many calls want it. What is safe to repeat is repeated after lost connections, 429, 502, 503
 * and 504, after growing waits or what Retry-After says. Throws only where the profile's `jwk` is no key.
 *
 * @example
 * ```js
 * const exchange = await connect(JSON.parse(readFileSync("facepage.json", "utf8")));
 * const me = await exchange.within({ signal: AbortSignal.timeout(5_000) }).call("GET", "/v1/me");
 * ```
 */
export async function connect(profile: Profile, options: ConnectOptions = {}): Promise<Connection> {
  const alg = profile.jwk.kty === "EC" ? "ES256" : "EdDSA";
  const key = (await importJWK(profile.jwk, alg)) as CryptoKey;
  const sending = sendingOf(options);
  const { proof, token, access } = credentialsOf(profile, { key, alg }, sending);

  const bounded = (bounds: { signal?: AbortSignal; timeout?: number }): Connection => {
    const { signal } = bounds;
    const limited = { ...sending, timeout: bounds.timeout ?? sending.timeout };
    const call: Connection["call"] = async (method, path, body, how = {}) => {
      const again = { repeatable: how.repeatable ?? repeatable(method, path), signal };
      const request = async (bearer: string): Promise<RequestInit> => ({
        method,
        headers: {
          authorization: `DPoP ${bearer}`,
          dpop: await proof(method, path, bearer),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(how.accept && { accept: how.accept }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const attempt = async (refused?: string) => {
        const bearer = await orAborted(access(path, refused), signal);
        return { bearer, answer: await send(limited, profile.url + path, () => request(bearer), again) };
      };
      const first = await attempt();
      // A token may end early: its key retired, the exchange's clock ahead. One fresh token shows whether that was it.
      const answer = first.answer.status === 401 ? (await attempt(first.bearer)).answer : first.answer;
      if (answer.status < 200 || answer.status > 299) throw problemOf(answer);
      return (answer.status === 204 ? undefined : readAnswer(profile.url, answer)) as never;
    };
    const open: Connection["open"] = async (path, headers = {}) => {
      const attempt = async (refused?: string) => {
        const bearer = await orAborted(access(path, refused), signal);
        const shown = { authorization: `DPoP ${bearer}`, dpop: await proof("GET", path, bearer) };
        return {
          bearer,
          response: await openOnce(limited, profile.url + path, { headers: { ...headers, ...shown } }, signal),
        };
      };
      const first = await attempt();
      if (first.response.status === 401) await first.response.body?.cancel();
      const { response } = first.response.status === 401 ? await attempt(first.bearer) : first;
      if (response.ok) return response;
      throw problemOf({ status: response.status, headers: response.headers, text: await response.text() });
    };
    return { profile, key, alg, signal, call, open, token, within: (more) => bounded({ ...bounds, ...more }) };
  };
  return bounded({});
}
