/**
 * One request with its retries. Guarantees: an attempt that takes longer than `timeout` is given up; only what is safe to
 * repeat is repeated (429 always is: nothing was done); waits grow, keep to Retry-After and stay within `patience` together;
 * an aborted signal ends it at once with the signal's reason; a redirect is not followed, since assertions and signed
 * documents are for the exchange alone. When it returns, the body has been read.
 */
import type { Fault } from "../core/problem.ts";
import { ExchangeProblem, Unreachable } from "./problem.ts";

/** How a connection sends. Times are in milliseconds. */
export interface ConnectOptions {
  /** Defaults to the environment's. */
  fetch?: typeof fetch;
  /** What one attempt may take, its answer's body included. Default 60,000. */
  timeout?: number;
  /** How often in all a call is tried that is safe to repeat. Default 4. */
  attempts?: number;
  /** What the waits between attempts may add up to; where the exchange asks for more, the call fails at once. Default 10,000. */
  patience?: number;
}

export interface Sending extends Required<ConnectOptions> {
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1, so that many clients do not come back at the same moment. */
  random(): number;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** What stands between client and exchange, or the exchange for a moment; the next attempt may do better. */
const passing = new Set([502, 503, 504]);

const redirects = new Set([301, 302, 303, 307, 308]);

/** `make` is called for each attempt: a DPoP proof is used once. */
export async function send(
  sending: Sending,
  url: string,
  make: () => Promise<RequestInit>,
  options: { repeatable: boolean; signal?: AbortSignal },
): Promise<Answer> {
  let waited = 0;
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    const init = await make();
    let answer: Answer | undefined;
    let fault: unknown;
    try {
      answer = await once(sending, url, init, options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof Unreachable) throw error;
      fault = error;
    }
    const again = answer
      ? answer.status === 429 || (options.repeatable && passing.has(answer.status))
      : options.repeatable;
    const grown = Math.min(200 * 2 ** attempt, 5_000) * (0.5 + sending.random() / 2);
    const asked = answer && retryAfter(answer.headers);
    const wait = asked === undefined ? grown : asked * 1_000;
    if (again && attempt < sending.attempts && waited + wait <= sending.patience) {
      waited += wait;
      await sending.pause(wait, options.signal);
    } else if (answer) return answer;
    else throw new Unreachable(new URL(url).origin, fault);
  }
}

async function once(sending: Sending, url: string, init: RequestInit, signal?: AbortSignal): Promise<Answer> {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`No answer within ${sending.timeout} ms.`, "TimeoutError"));
  const stop = () => controller.abort(signal?.reason);
  const timer = setTimeout(late, sending.timeout);
  signal?.addEventListener("abort", stop);
  try {
    const response = await begin(sending, url, { ...init, signal: controller.signal });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function begin(sending: Sending, url: string, init: RequestInit): Promise<Response> {
  // Not "error", which Workers refuse. Browsers show of a redirect that it is one, and nothing else.
  const response = await sending.fetch(url, { ...init, redirect: "manual" });
  if (response.type === "opaqueredirect" || redirects.has(response.status)) {
    await response.body?.cancel();
    throw new Unreachable(new URL(url).origin, undefined, response.headers.get("location") ?? "an unknown place");
  }
  return response;
}

/** A request made once, whose answer is read as it comes. `timeout` is for its beginning; the signal ends it at any time. */
export async function open(
  sending: Sending,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`No answer within ${sending.timeout} ms.`, "TimeoutError"));
  const timer = setTimeout(late, sending.timeout);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", () => controller.abort(signal.reason));
  try {
    return await begin(sending, url, { ...init, signal: controller.signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof Unreachable ? error : new Unreachable(new URL(url).origin, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Seconds, from either form of the header (RFC 9110, section 10.2.3). */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}

/** The problem an answer states; something between may answer in HTML, which states none. */
export function problemOf({ status, headers, text }: Answer): ExchangeProblem {
  const body = readObject(text);
  const slug = typeof body.type === "string" ? body.type.split("/").at(-1) : body.error;
  const detail = body.detail ?? body.error_description ?? `HTTP ${status}`;
  return new ExchangeProblem(status, String(slug ?? "unknown"), String(detail), {
    ...(Array.isArray(body.faults) && { faults: body.faults as Fault[] }),
    retry_after: retryAfter(headers),
    request_id: headers.get("x-request-id") ?? undefined,
  });
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** JSON is the exchange's; anything else that says 200 is something that stands in its way. */
export function readAnswer(url: string, { text }: Answer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Unreachable(url, error);
  }
}

/** The promise's outcome, or the signal's reason where that comes first; the promise itself goes on. */
export async function orAborted<Value>(promise: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  if (!signal) return promise;
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await orAborted(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
      signal,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Query parameters; what is undefined or false is left out. */
export function queryOf(values: Record<string, string | number | boolean | undefined>): string {
  const stated = Object.entries(values).filter(([, value]) => value !== undefined && value !== false && value !== "");
  return new URLSearchParams(stated.map(([name, value]) => [name, String(value)])).toString();
}

/** The options with what the environment offers. */
export const sendingOf = (options: ConnectOptions): Sending => ({
  // Looked up at each call, and never called as a method of ours, which browsers refuse.
  fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
  timeout: options.timeout ?? 60_000,
  attempts: options.attempts ?? 4,
  patience: options.patience ?? 10_000,
  pause,
  random: Math.random,
});
