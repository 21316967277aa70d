/** Subscriptions and their deliveries in lines for people. */
import type { Delivery, EndpointCall, Subscription } from "../client/subscriptions.ts";
import { table } from "./terminal.ts";

/** How a call went, as the rest of "It …". */
export const wentText = ({ outcome, status }: EndpointCall): string =>
  ({
    delivered: `answered ${status}`,
    refused: `answered ${status}`,
    timeout: "did not answer in time",
    unreachable: "could not be reached",
    forbidden: "was not called, since webhooks may not go there",
  })[outcome];

const stateText = ({ state, paused_at, paused_for }: Subscription): string =>
  state !== "paused"
    ? state
    : `paused ${paused_at?.slice(0, 19).replace("T", " ")}, ${
        {
          owner: "by you",
          gone: "its endpoint answered 410",
          failing: "its endpoint failed for 120 hours",
        }[paused_for ?? "owner"]
      }`;

const filterTexts = ({ filters }: Subscription): string[] =>
  Object.entries(filters).map(([name, value]) => `${name} ${[value].flat().join(",")}`);

export function subscriptionText(row: Subscription): string[] {
  const id = row.subscription;
  return [
    `${id}: ${stateText(row)}`,
    `  ${row.payload} to ${row.url}`,
    `  ${row.filters && filterTexts(row).length > 0 ? `only ${filterTexts(row).join("; ")}` : "everything you may see"}`,
    ...(row.description ? [`  ${row.description}`] : []),
    ...(row.purpose ? [`  for the purpose ${row.purpose}, until that ends`] : []),
    `  made ${row.made_at}, changed ${row.changed_at} under the key ${row.key}`,
    // It is told also when it is over.
    ...(Date.parse(row.former_secret_until ?? "") > Date.now()
      ? [`  the former secret signs too until ${row.former_secret_until}`]
      : []),
    ...(row.state === "unproven" ? [`Nothing is sent before it proved itself: tipoff subscription prove ${id}`] : []),
    ...(row.state === "paused"
      ? [
          `Nothing is sent until: tipoff subscription resume ${id}`,
          ...(row.paused_for === "owner" ? [] : [recovery(id)]),
        ]
      : []),
  ];
}

const recovery = (id: string): string => `What was given up before: tipoff subscription recover ${id} --since TIME`;

export const subscriptionTable = (rows: readonly Subscription[]): string[] =>
  rows.length === 0
    ? ["You have no subscription: tipoff subscription add URL"]
    : table(
        ["subscription", "state", "payload", "only", "url"],
        rows.map((row) => [
          row.subscription,
          row.state === "paused" ? `paused (${row.paused_for})` : row.state,
          row.payload,
          filterTexts(row).join("; "),
          row.url,
        ]),
      );

/** After it was made or moved: whether it proved itself, and what to do where it did not. */
export function proofText(row: Subscription, proof: EndpointCall): string[] {
  const id = row.subscription;
  if (row.state === "active") return ["Its endpoint proved itself: what happens from now on is sent."];
  if (row.payload === "notice")
    return proof.outcome === "delivered"
      ? [
          "A message with a text is in the chat. Nothing more is sent before somebody confirms it:",
          `  tipoff subscription prove ${id} TEXT`,
        ]
      : [
          `The message for the chat did not arrive: its endpoint ${wentText(proof)}. Once that is mended:`,
          `  tipoff subscription prove ${id}`,
          `  tipoff subscription prove ${id} TEXT    (the text that arrived)`,
        ];
  return [
    `Nothing is sent yet: its endpoint ${wentText(proof)}${proof.outcome === "delivered" ? ", but not with the challenge" : ""}.`,
    'Give it the secret, and let it answer the message "challenge" 200 with {"challenge": its text}. Then:',
    `  tipoff subscription prove ${id}`,
  ];
}

export const deliveryTable = (rows: readonly Delivery[]): string[] =>
  rows.length === 0
    ? ["Nothing was sent."]
    : table(
        ["event", "state", "type", "tip", "from", "tries", "the last", "next try"],
        rows.map(({ event, state, type, tip, from, attempts, next_try_at }) => {
          const last = attempts.at(-1);
          return [
            event,
            state,
            type,
            tip,
            from,
            attempts.length,
            last && `${last.at.slice(0, 19).replace("T", " ")} ${last.status ?? last.outcome}`,
            next_try_at,
          ];
        }),
      );
