/**
 * One call of a partner's endpoint: a POST signed by Standard Webhooks, within a time, to a URL judged again, following no
 * redirect. Of the answer only status and time are kept.
 */
import { limits } from "../core/limits.ts";
import { signWebhook } from "../core/webhook.ts";
import { type AllowedTargets, judgeWebhookUrl } from "../core/webhook-url.ts";
import type { Env } from "../exchange/exchange.ts";
import { type Failure, readRetryAfter } from "./retry.ts";

export interface Call {
  url: string;
  /** The newest first. */
  secrets: readonly (string | CryptoKey)[];
  id: string;
  body: string;
}

/** `refused`: it answered, but not with 2xx. `forbidden`: it was not called, since webhooks may not go there. */
export type CallOutcome = "delivered" | "refused" | "timeout" | "unreachable" | "forbidden";

export interface Called extends Failure {
  outcome: CallOutcome;
  at: number;
  milliseconds: number;
  /** The beginning of what it answered; only where it was to be read. */
  text?: string;
}

export const allowedBy = (env: Env): AllowedTargets => ({
  ports: (env.WEBHOOK_PORTS ?? "").split(",").filter(Boolean).map(Number),
  loopback: env.WEBHOOK_LOOPBACK === "1",
});

/** Never throws for what the endpoint does. `readBytes`: of its answer, at most. */
export async function callEndpoint(call: Call, allowed: AllowedTargets, readBytes = 0): Promise<Called> {
  const at = Date.now();
  const since = (outcome: CallOutcome, rest: Partial<Called> = {}): Called => ({
    outcome,
    at,
    milliseconds: Date.now() - at,
    ...rest,
  });
  const url = judgeWebhookUrl(call.url, allowed);
  if (!url.ok) return since("forbidden");
  const headers = await signWebhook(call.secrets, call.id, Math.floor(at / 1_000), call.body);
  const late = new AbortController();
  // Cleared afterwards: `AbortSignal.timeout` would keep the object awake until its end.
  const timer = setTimeout(() => late.abort(), limits.webhook.timeout_seconds * 1_000);
  try {
    const response = await fetch(url.value, {
      method: "POST",
      redirect: "manual",
      signal: late.signal,
      headers: { ...headers, "content-type": "application/json", "user-agent": "tipoff" },
      body: call.body,
    });
    const text = readBytes > 0 && response.ok ? await beginning(response, readBytes) : undefined;
    // An endless answer is not waited for.
    if (text === undefined) void response.body?.cancel().catch(() => {});
    const { status } = response;
    const retry_after = readRetryAfter(response.headers.get("retry-after"), at);
    return since(response.ok ? "delivered" : "refused", {
      status,
      ...(retry_after !== undefined && { retry_after }),
      ...(text !== undefined && { text }),
    });
  } catch {
    return late.signal.aborted ? since("timeout", { timeout: true }) : since("unreachable");
  } finally {
    clearTimeout(timer);
  }
}

async function beginning(response: Response, most: number): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let left = most; reader && left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode((value as Uint8Array).subarray(0, left), { stream: true });
    left -= (value as Uint8Array).length;
  }
  void reader?.cancel().catch(() => {});
  return text;
}
