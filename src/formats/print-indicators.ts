/** A printed tip's indicators: every member of each, values whole and defanged, a heading on each page. */
import type { Indicator } from "../core/indicators/family.ts";
import { namesOf } from "../core/marks.ts";
import { defangLabel, defangProse, defangUrl } from "./defang.ts";
import { html, type Markup } from "./markup.ts";

/** In columns of their own; all others are told by their names. */
const placed = new Set(
  ["type", "platform", "kind", "value", "handle", "id", "digest", "algorithm", "store", "chain"].concat([
    "control",
    "role",
    "confidence",
  ]),
);
const addresses = new Set(["url", "redirects_to"]);

export const printIndicators = (
  indicators: readonly Indicator[],
  marks: ReadonlyMap<number, number> = new Map(),
): Markup => html`<h2>Indicators (${indicators.length})</h2>
${
  indicators.length > 0 &&
  html`<p class="dim">Addresses are written so that nobody follows them by mistake: hxxp is http, [.] is a dot. Whatever is not <b>operated</b> belongs to somebody else, or nobody knows: a person looks at it before anything is done.${marks.size > 0 && html` So it does at what is <b>disputed</b> by another partner, and where somebody's appeal was upheld (<b>appealed</b>).`}${indicators.some(({ digest }) => digest !== undefined) && " For an e-mail address, number or text that is not spelt out its SHA-256 stands here: a pseudonym, not anonymity."}</p>
<table><thead><tr><th class="no">no.</th><th class="what">type</th><th>value</th><th class="whose">whose, role</th><th class="sure">conf.</th><th class="more">further</th></tr></thead>
<tbody>${indicators.map((indicator, ordinal) => row(indicator, ordinal, marks.get(ordinal)))}</tbody></table>`
}`;

function row(indicator: Indicator, ordinal: number, mark = 0): Markup {
  const { type, platform, kind, id, handle, control = "unknown", role, confidence } = indicator;
  const own = [kind, type === "account" || type === "post" ? platform : undefined].filter(Boolean).join(", ");
  return html`<tr><td class="no">${ordinal}</td><td class="what">${type}${own !== "" && html`<br><span class="dim">${defangUrl(own)}</span>`}</td>
<td><code>${defangLabel(indicator)}</code>${id !== undefined && handle !== undefined && html`<code class="id">id ${String(id)}</code>`}</td>
<td class="whose"><span${control !== "operated" && html` class="review"`}>${control}</span>${mark > 0 && html`<br><b class="review">${namesOf(mark).join(", ")}</b>`}${role !== undefined && html`<br>${role}`}</td>
<td class="sure">${confidence}</td><td class="more">${further(indicator)}</td></tr>
`;
}

const further = (indicator: Indicator): Markup[] =>
  Object.entries(indicator)
    .filter(([name, value]) => !placed.has(name) && value !== undefined)
    .map(
      ([name, value], at) =>
        html`${at > 0 && html`<br>`}<span class="dim">${name.replaceAll("_", " ")}:</span> ${told(name, value)}`,
    );

function told(name: string, value: unknown): string {
  if (addresses.has(name)) return defangUrl(String(value));
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  return typeof value === "object" ? defangProse(JSON.stringify(value)) : defangProse(String(value));
}
