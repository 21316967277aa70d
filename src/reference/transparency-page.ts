/**
 * `/transparency`: the public report as a page, for everybody. Its words are a file, as the reference's are; the months are put
 * in when it is asked for, everything escaped. No script, and nothing from another host.
 */
import { operation } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import type { Figure, Report } from "../core/transparency.ts";
import { readReports } from "../exchange/report-month.ts";
import { common, page, pageHeaders, readFile, replyWith, unchanged, withHeaders } from "./operations.ts";

/** Stands in the file where the months will. */
export const monthsHere = "<!-- months -->";

export const transparencyPageOperation = operation({
  ...common,
  id: "readTransparencyPage",
  path: "/transparency",
  summary: "Read what the exchange publishes of each month, as a page",
  answers: {
    200: { description: "A page, without scripts and without requests to other hosts.", ...page },
    ...unchanged,
  },
  async run({ context, exchange }) {
    const { months } = await readReports(exchange, "9999-12", limits.transparency.months);
    const file = await readFile(context.env.REFERENCE, "transparency.html", exchange.url);
    const text = file.replace(monthsHere, () => months.map(monthOf).join("") || "<p>No month is over yet.</p>");
    return replyWith(context, page.type, await withHeaders(text, pageHeaders));
  },
});

const escaped = (value: unknown): string =>
  String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const row = (name: string, figure: Figure): string =>
  `<tr><td class="name">${escaped(name)}</td><td class="number">${escaped(figure ?? "–")}</td></tr>`;

function monthOf({ month, partners, law_enforcement_reads: reads, ...rest }: Report): string {
  const rows = [
    row("Tips", rest.tips),
    row("Indicators of these tips", rest.indicators),
    row("Platforms, at the month's end", partners.platform),
    row("Researchers", partners.research),
    row("Law-enforcement agencies", partners.law_enforcement),
    ...reads.apart.map(({ country, legal_basis, reads }) =>
      row(`Readings by law enforcement, ${country}, ${legal_basis}`, reads),
    ),
    row("Readings by law enforcement, all other", reads.other),
    row("Refusals of law enforcement", rest.refusals),
    row("Tips withdrawn by their author", rest.withdrawn),
    row("Tips of which somebody lost sight", rest.recalled),
  ];
  return `<h2>${escaped(month)}</h2><table><tbody>${rows.join("")}</tbody></table>`;
}
