// Compiled, never run, in a partner's project: the public types as somebody uses them.
import {
  type Connection,
  challengeAnswer,
  connect,
  ExchangeProblem,
  type FeedEvent,
  feed,
  importReport,
  type KeySet,
  listTips,
  match,
  type Profile,
  type Result,
  signTip,
  submit,
  type TipContent,
  toTips,
  type Verified,
  verifyTip,
  verifyWebhook,
  type WebhookMessage,
} from "tipoff";

export async function tipOff(profile: Profile, text: string): Promise<string[]> {
  const exchange: Connection = await connect(profile, { timeout: 5_000 });
  const report = importReport([{ name: "accounts.csv", text }], { platform: "chirper" });
  const drafts = toTips(report, {
    exchange: profile.exchange,
    from: profile.partner,
    issued_at: new Date().toISOString(),
    tlp: "amber",
    operation: { id: crypto.randomUUID() },
    tipId: () => crypto.randomUUID(),
  });
  const content: TipContent = { ...drafts[0]!.document, handling: ["human-review"], "x-ticket": 17 };
  const sent = await submit(exchange, await signTip(exchange, content, { to: ["platforms"] }));
  return sent.held ? [sent.tip, sent.reason] : [sent.tip, ...sent.warnings.map((warning) => warning.detail)];
}

export async function read(exchange: Connection, keys: KeySet, cursor: string): Promise<string> {
  for await (const event of feed(exchange, { after: cursor, documents: true })) {
    const told: FeedEvent = event;
    const verified: Result<Verified, string> = await verifyTip(told.envelope, keys, told.receipt);
    if (verified.ok) console.log(verified.value.document.operation.name, told.for_you?.indicators);
    cursor = event.cursor;
  }
  for await (const tip of listTips(exchange, { tlp: "amber" })) console.log(tip.handling.includes("no-publication"));
  return cursor;
}

export async function ask(exchange: Connection): Promise<number | undefined> {
  try {
    const [answer] = await match(exchange.within({ signal: new AbortController().signal }), ["203.0.113.9"]);
    return answer?.hits.filter((hit) => hit.how === "in-range" && !hit.human_review).length;
  } catch (error) {
    return error instanceof ExchangeProblem ? error.retry_after : undefined;
  }
}

export async function receive(request: Request, secrets: readonly string[]): Promise<Response> {
  const headers: Record<string, string | string[] | undefined> = { host: undefined };
  const now = Date.now();
  const kept = await verifyWebhook({ headers, body: "" }, secrets[0]!, { now, tolerance_seconds: 60 });
  if (kept.ok) console.log(kept.value.webhook_id);
  const read: Result<WebhookMessage, string> = await verifyWebhook(
    { headers: request.headers, body: await request.text() },
    secrets,
  );
  if (!read.ok) return new Response(read.error, { status: 401 });
  const answer = challengeAnswer(read.value);
  if (answer) return new Response(answer.challenge);
  const { type, test, data } = read.value;
  if (data.challenge === undefined) console.log(type, test, data.link.length, data.for_you?.indicators);
  return new Response(data.tip, { status: 204 });
}

// @ts-expect-error A TLP that is none.
export const wrong: TipContent = { tlp: "purple", operation: { id: "", name: "" }, indicators: [] };
