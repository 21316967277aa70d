/** What is to be said of a tip as a whole, as an event's report: for people first, then the signed document without its indicators. */
import type { SharedTip } from "../shared-tip.ts";

const listed = (name: string, value: string | undefined): string[] => (value ? [`- ${name}: ${value}`] : []);

export function reportOf({ tip, version, from, document, digest, through }: SharedTip): string {
  const { indicators: _indicators, ...rest } = document;
  const { operation, ask, embargo, contact, handling } = document;
  return [
    `# ${operation.name.replace(/\s+/g, " ")}`,
    ...(operation.summary ? ["", operation.summary] : []),
    "",
    `- From: ${from.name} (${from.slug})${through === undefined ? "" : `, through ${through}`}`,
    ...listed(
      "Asked",
      ask && [ask.for.join(", "), ask.urgency, ask.respond_by && `by ${ask.respond_by}`].filter(Boolean).join("; "),
    ),
    ...listed("Embargo", embargo && `until ${embargo.until}: no ${embargo.no.join(", no ")}`),
    ...listed("Handling", handling?.join(", ")),
    ...listed("Contact", contact && Object.values(contact).map(String).join(", ")),
    ...listed("Records", from.legal_process_url && `serve legal process at ${from.legal_process_url}`),
    `- Tip ${tip}, version ${version}, digest ${digest}. Intelligence lead, not evidence.`,
    "",
    "```json",
    JSON.stringify(rest),
    "```",
  ].join("\n");
}
