/**
 * Subscriptions: making, changing, pausing, ending. Nothing is sent to an endpoint before it proved itself, and again after its
 * URL changed. Secrets are derived, not kept; a token without `tips:read` cannot have tips sent.
 */
import type * as z from "zod";
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { newSubscription, subscriptionChange } from "../core/subscription.ts";
import { dayOf, instant, parseTime } from "../core/time.ts";
import { type AllowedTargets, judgeWebhookUrl } from "../core/webhook-url.ts";
import { batch, brokenGuard, first, guard } from "../store/database.ts";
import { keyLive } from "../store/keys.ts";
import { use } from "../store/quotas.ts";
import * as store from "../store/subscriptions.ts";
import type { Caller, Exchange } from "./exchange.ts";
import { keyGone } from "./own-document.ts";
import { quotaUsed } from "./quota-used.ts";
import { formerSigns, newSecretNo, secretNo } from "./webhook-secrets.ts";

type Row = store.SubscriptionRow;
type View = Record<string, unknown>;

export const showSubscription = (exchange: Exchange, row: Row): View => ({
  subscription: row.subscription,
  url: row.url,
  payload: row.payload,
  filters: JSON.parse(row.filters),
  ...(row.description !== null && { description: row.description }),
  ...(row.contact !== null && { contact: JSON.parse(row.contact) }),
  state: row.paused_at ? "paused" : row.proved_at ? "active" : "unproven",
  ...(row.paused_at && { paused_at: row.paused_at, paused_for: row.paused_for }),
  ...(row.purpose && { purpose: row.purpose }),
  key: row.kid,
  made_at: row.made_at,
  changed_at: row.changed_at,
  ...(formerSigns(exchange, row) && { former_secret_until: row.former_until }),
});

export const findSubscription = (exchange: Exchange, caller: Caller, id: string): Promise<Row | undefined> =>
  first(exchange.db, store.selectSubscription(caller.partner, id));

export async function listSubscriptions(exchange: Exchange, caller: Caller): Promise<View[]> {
  const [rows] = await batch(exchange.db, [store.selectSubscriptions(caller.partner)]);
  return rows.map((row) => showSubscription(exchange, row));
}

function judge(
  exchange: Exchange,
  caller: Caller,
  allowed: AllowedTargets,
  { url, payload }: { url?: string; payload?: string },
): Problem | undefined {
  const faults = [];
  const judged = url === undefined ? ok(undefined) : judgeWebhookUrl(url, allowed);
  if (!judged.ok) faults.push({ pointer: "/url", detail: judged.error });
  else if (judged.value?.host === new URL(exchange.url).host && !allowed.loopback) {
    faults.push({ pointer: "/url", detail: "Name an endpoint of yours, not the exchange." });
  }
  if (payload === "full" && caller.kind === "law_enforcement") {
    faults.push({
      pointer: "/payload",
      detail: "Law enforcement reads documents for a purpose each time: take thin or notice.",
    });
  }
  return faults.length > 0
    ? problem("invalid-request", "Mend each fault and send again. Nothing was stored.", faults)
    : undefined;
}

/** The scope to read goes with the scope to have it sent. */
export const mayRead = (caller: Caller): Problem | undefined =>
  caller.scopes.includes("tips:read")
    ? undefined
    : {
        ...problem(
          "missing-scope",
          "Ask for a token with the scopes subscriptions and tips:read: tips are what is sent.",
        ),
        scope: "tips:read",
      };

export async function makeSubscription(
  exchange: Exchange,
  caller: Caller,
  allowed: AllowedTargets,
  asked: z.infer<typeof newSubscription>,
): Promise<Result<{ row: Row; secret: string }, Problem>> {
  const refused = mayRead(caller) ?? judge(exchange, caller, allowed, asked);
  if (refused) return err(refused);
  const now = instant(exchange.now);
  const id = crypto.randomUUID();
  const secret_no = newSecretNo();
  try {
    await batch(exchange.db, [
      guard("key_live", keyLive(caller.kid, now)),
      guard("room_left", store.hasRoom(caller.partner, limits.subscriptions)),
      store.insertSubscription({
        subscription: id,
        partner: caller.partner,
        kind: caller.kind,
        country: caller.country,
        url: asked.url,
        payload: asked.payload,
        filters: JSON.stringify(asked.filters),
        description: asked.description ?? null,
        contact: asked.contact ? JSON.stringify(asked.contact) : null,
        purpose: caller.purpose,
        kid: caller.kid,
        secret_no,
        made_at: now,
        changed_at: now,
      }),
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "key_live") return err(keyGone);
    if (broken !== "room_left") throw error;
    return err(
      problem("subscriptions-full", `A partner has at most ${limits.subscriptions} subscriptions: delete one.`),
    );
  }
  const row = (await findSubscription(exchange, caller, id))!;
  return ok({ row, secret: await secretNo(exchange, id, secret_no) });
}

/** Who changes it answers for it from now on: the key and, for law enforcement, the purpose are this request's. */
export async function changeSubscription(
  exchange: Exchange,
  caller: Caller,
  allowed: AllowedTargets,
  row: Row,
  asked: z.infer<typeof subscriptionChange>,
): Promise<Result<Row, Problem>> {
  const refused = mayRead(caller) ?? judge(exchange, caller, allowed, asked);
  if (refused) return err(refused);
  const { url, payload, filters, description, contact } = asked;
  return write(exchange, caller, row, {
    ...(url !== undefined && { url }),
    ...(url !== undefined && url !== row.url && { proved_at: null }),
    ...(payload && { payload }),
    ...(filters && { filters: JSON.stringify(filters) }),
    ...(description !== undefined && { description }),
    ...(contact !== undefined && { contact: contact && JSON.stringify(contact) }),
    ...answering(exchange, caller, row),
  });
}

/** A change is later than the one before, so that an endpoint sees that there was one. */
const answering = ({ now }: Exchange, { kid, purpose }: Caller, row: Row): Partial<Row> => ({
  kid,
  purpose,
  changed_at: instant(Math.max(now, parseTime(row.changed_at)! + 1)),
});

export const pauseSubscription = (exchange: Exchange, caller: Caller, row: Row): Promise<Result<Row, Problem>> =>
  write(
    exchange,
    caller,
    row,
    row.paused_at ? {} : { paused_at: instant(exchange.now), paused_for: "owner", ...answering(exchange, caller, row) },
  );

/** What came meanwhile is sent. */
export async function resumeSubscription(exchange: Exchange, caller: Caller, row: Row): Promise<Result<Row, Problem>> {
  const refused = mayRead(caller);
  if (refused) return err(refused);
  return write(exchange, caller, row, { paused_at: null, paused_for: null, ...answering(exchange, caller, row) });
}

/** A new secret; the one before signs too for a while, unless it is to be dropped. */
export async function rotateSecret(
  exchange: Exchange,
  caller: Caller,
  row: Row,
  drop: boolean,
): Promise<Result<{ row: Row; secret: string }, Problem>> {
  const secret_no = newSecretNo();
  const former_until = drop ? null : instant(exchange.now + limits.webhook.secret_hours * 3_600_000);
  const former_no = drop ? null : row.secret_no;
  const written = await write(exchange, caller, row, {
    secret_no,
    former_no,
    former_until,
    ...answering(exchange, caller, row),
  });
  if (!written.ok) return written;
  return ok({ row: written.value, secret: await secretNo(exchange, row.subscription, written.value.secret_no) });
}

export const endSubscription = async (exchange: Exchange, caller: Caller, row: Row): Promise<void> =>
  void (await batch(exchange.db, [store.deleteSubscription(caller.partner, row.subscription)]));

export async function markProved(exchange: Exchange, caller: Caller, row: Row): Promise<Row> {
  await batch(exchange.db, [store.prove(row.subscription, row.url, row.changed_at, instant(exchange.now))]);
  return (await findSubscription(exchange, caller, row.subscription)) ?? row;
}

/** Counts calls that a partner has made: they go where it says. */
export async function countCalls(exchange: Exchange, caller: Caller, calls: number): Promise<Problem | undefined> {
  const [[used]] = await batch(exchange.db, [use(caller.partner, dayOf(exchange.now), { calls })]);
  return used!.calls > limits.quota.calls ? quotaUsed("calls of endpoints", exchange.now) : undefined;
}

/** The seq from which a recovery since that time reads. */
export async function seqSince(exchange: Exchange, since: string): Promise<Result<number, Problem>> {
  const days = limits.webhook.recover_days;
  const at = parseTime(since)!;
  if (at < exchange.now - days * 86_400_000 || at > exchange.now) {
    const fault = { pointer: "/since", detail: `Give a time of the last ${days} days.` };
    return err(problem("invalid-request", `What is older than ${days} days is read from the feed.`, [fault]));
  }
  const found = await first(exchange.db, store.selectSeqBefore(instant(at)));
  return ok(found?.seq ?? 0);
}

const changedMeanwhile = problem(
  "changed-meanwhile",
  "The subscription was changed meanwhile. Read it, and send what you want changed again.",
);

/** What was decided on a row holds for that row alone: a body may take its time, and another request is done before. */
async function write(
  exchange: Exchange,
  caller: Caller,
  row: Row,
  change: Partial<Row>,
): Promise<Result<Row, Problem>> {
  if (Object.keys(change).length === 0) return ok(row);
  try {
    await batch(exchange.db, [
      guard("key_live", keyLive(caller.kid, instant(exchange.now))),
      guard("version_current", store.isUnchanged(row.subscription, row.changed_at)),
      store.updateSubscription(caller.partner, row.subscription, change),
    ]);
  } catch (error) {
    const broken = brokenGuard(error);
    if (broken === "key_live") return err(keyGone);
    if (broken === "version_current") return err(changedMeanwhile);
    throw error;
  }
  return ok({ ...row, ...change });
}
