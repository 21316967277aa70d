/** What a subscription sends, and how, as options of a command. */
import type { Command } from "commander";
import type { SubscriptionFilters, SubscriptionSettings } from "../client/subscriptions.ts";
import { tlps } from "../core/audience.ts";
import { eventTypes } from "../core/names.ts";
import { list, type Row } from "./session.ts";
import { UsageError } from "./terminal.ts";

export interface Settings {
  url?: string;
  payload?: "thin" | "full" | "notice";
  description?: string;
  email?: string;
  team?: string;
  all?: boolean;
  [filter: string]: unknown;
}

export const withSettings = (command: Command): Command =>
  command
    .option("--payload <kind>", "thin: the event and a link (the usual); full: with the document; notice: for a chat")
    .option("--types <kinds>", `only events of these kinds: ${eventTypes.join(", ")}`, list)
    .option("--from <partners>", "only by these authors", list)
    .option("--own", "your own tips' events too (the usual)")
    .option("--no-own", "without your own tips' events")
    .option("--indicator-types <types>", "only tips with such indicators: account, domain, ip …", list)
    .option("--platforms <names>", "only tips with indicators on these platforms or domains", list)
    .option("--groups <slugs>", "only what reached you through these groups", list)
    .option("--operations <ids>", "only tips about these operations", list)
    .option("--min-confidence <n>", "only tips whose assessment is at least so confident, or states nothing")
    .option("--tlp <levels>", `only tips of these: ${tlps.join(", ")}`, list)
    .option("--description <text>", "what it is for")
    .option("--email <address>", "whom to ask about the endpoint")
    .option("--team <name>", "whom to ask about the endpoint");

/** Members as the API has them; filters over those there were. */
export function settingsOf(options: Settings, before: SubscriptionFilters): Partial<SubscriptionSettings> {
  const { payload, description, email, team, all, own, minConfidence } = options;
  if (minConfidence !== undefined && !/^\d{1,3}$/.test(String(minConfidence)))
    throw new UsageError("--min-confidence takes a whole number from 0 to 100.");
  const filters: Row = {
    ...pick(options, { types: "types", from: "from", platforms: "platforms", groups: "groups", tlp: "tlp" }),
    ...pick(options, { indicatorTypes: "indicator_types", operations: "operations" }),
    ...(own !== undefined && { own }),
    ...(minConfidence !== undefined && { min_confidence: Number(minConfidence) }),
  };
  return {
    ...(payload && { payload }),
    ...((all || Object.keys(filters).length > 0) && { filters: { ...(all ? {} : before), ...filters } }),
    ...(description !== undefined && { description }),
    ...((email || team) && { contact: { ...(team && { team }), ...(email && { email }) } }),
  };
}

const pick = (options: Settings, names: Record<string, string>): Row =>
  Object.fromEntries(Object.entries(names).flatMap(([from, to]) => (options[from] ? [[to, options[from]]] : [])));
