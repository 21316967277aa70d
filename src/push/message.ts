/** What a webhook says of an event, by the subscription's payload: the feed's event with a link, or a sentence for a chat. */
import { instant } from "../core/time.ts";
import type { SubscriptionRow } from "../store/subscriptions.ts";

/** What a message says of itself, around what it is about. */
export const message = (type: string, at: number | string, data: object, test = false): string =>
  JSON.stringify({ type, timestamp: typeof at === "number" ? instant(at) : at, ...(test && { test }), data });

interface Told {
  id?: unknown;
  type?: unknown;
  at?: unknown;
  tip?: unknown;
  from?: unknown;
  for_you?: { indicators?: number; ask?: string[]; respond_by?: string };
  urgency?: unknown;
  subscription?: unknown;
}

export function messageOf(url: string, payload: SubscriptionRow["payload"], event: Told, test = false): string {
  const link = event.tip ? `${url}/v1/tips/${event.tip}` : `${url}/v1/subscriptions/${event.subscription}`;
  if (payload === "notice") return JSON.stringify({ text: `${test ? "Test: " : ""}${sentence(event)} ${link}` });
  return message(String(event.type), String(event.at), { ...event, link }, test);
}

const deeds: Record<string, string> = {
  published: "shared a tip with you",
  revised: "revised a tip",
  rescoped: "changed who may see a tip",
  withdrawn: "took a tip back: discard it",
  recalled: "took a tip back from you: discard it",
  suspended: "has a tip suspended: do not act on it",
  expiring: "has a tip that expires soon",
  expired: "has a tip that expired",
  embargo_lifted: "has a tip whose embargo is over",
  feedback: "has a tip with new feedback",
  disputed: "has a tip with a disputed indicator: look again",
  undisputed: "has a tip whose dispute is over",
  appealed: "has a tip with an upheld appeal: look again",
  acknowledgement_due: "waits for your word that your copy of a tip is gone",
};

/** Who, how urgent, how much of it is the reader's own, what is asked and by when. Nothing of the content, nothing free in form. */
function sentence(event: Told): string {
  if (event.type === "subscription_paused")
    return "Tipoff paused one of your subscriptions: its endpoint does not answer.";
  const { indicators = 0, ask = [], respond_by } = event.for_you ?? {};
  const parts = [
    `${event.from} ${deeds[String(event.type)] ?? `has news of a tip (${event.type})`}`,
    ...(event.urgency && event.urgency !== "routine" ? [String(event.urgency)] : []),
    ...(event.for_you ? [`${indicators} of its indicators ${indicators === 1 ? "is" : "are"} yours`] : []),
    ...(ask.length > 0 ? [`asks to ${ask.join(", ")}`] : []),
    ...(respond_by ? [`by ${respond_by}`] : []),
  ];
  return `${parts.join(" · ")}.`;
}
