/** Requests to the real Worker, in this process; every answer is held against the reference. */
import { exports } from "cloudflare:workers";
import { assertPromised } from "./promised.ts";

export const url = "https://tipoff.example";

export interface Answer {
  status: number;
  body: any;
  headers: Headers;
}

export async function http(
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: unknown; raw?: string } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  let body = options.raw;
  if (options.body !== undefined) {
    body = JSON.stringify(options.body);
    headers["content-type"] ??= "application/json";
  }
  const worker = (exports as unknown as { default: Fetcher }).default;
  const response = await worker.fetch(
    new Request(url + path, { method, headers, ...(body !== undefined && { body }) }),
  );
  const text = await textOf(response);
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {}
  const answer = { status: response.status, body: parsed, headers: response.headers };
  // What answers a HEAD has no body to be held against.
  if (method !== "HEAD") assertPromised(method, path, answer);
  return answer;
}

/** A stream is open for minutes: who reads one uses `listen`. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get("content-type") !== "text/event-stream") return response.text();
  await response.body?.cancel();
  return "";
}

/** The token endpoint, given exactly these parameters and headers. */
export const askToken = (form: Iterable<[string, string]>, headers: Record<string, string> = {}): Promise<Answer> =>
  http("POST", "/oauth/token", {
    raw: new URLSearchParams([...form]).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
