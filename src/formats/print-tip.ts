/**
 * A tip for paper: one HTML document with its own style, without scripts, links or anything to be fetched. All that the author
 * wrote is escaped, and addresses are defanged. What binds the reader stands first, what the officer does next before the values.
 */
import { byOrdinal, type Marks } from "../core/marks.ts";
import type { TipDocument } from "../core/tip.ts";
import { defangProse, defangUrl } from "./defang.ts";
import { html, Markup } from "./markup.ts";
import { printIndicators } from "./print-indicators.ts";
import { printStyle } from "./print-style.ts";
import { askWords, embargoWords, handlingWords, notEvidence, tlpWords } from "./words.ts";

export interface PrintedTip {
  exchange: string;
  /** Who prints, when, and for which purpose. */
  reader: string;
  at: string;
  purpose?: string;
  document: TipDocument;
  /** What the exchange says of it. */
  accepted_at: string;
  expires_at: string;
  seq: number;
  through: string;
  digest: string;
  receipt: string;
  /** What the exchange says of its indicators. */
  marks?: Marks;
  author: {
    name: string;
    kind: string;
    country: string;
    /** The directory's: whom to ask where the tip names nobody. */
    contact?: TipDocument["contact"];
    legal_process_url?: string;
  };
  /** The reader's own readings of this tip: the day, the case or another purpose, and the door. */
  accesses: readonly { day: string; purpose?: string; door: string }[];
}

export function printTip(input: PrintedTip): string {
  const { document, author } = input;
  const { operation, tlp } = document;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer"><title>${operation.name}: tip by ${author.name}, TLP:${tlp.toUpperCase()}</title>
<style>${new Markup(printStyle(tlp))}</style></head><body>
<header><span class="tlp">TLP:${tlp.toUpperCase()}</span><span class="lead">Intelligence lead, not evidence</span>
<h1>${operation.name}</h1>
<p>A tip by <b>${author.name}</b> (${document.from}; ${author.kind.replaceAll("_", " ")}, ${author.country}), version ${document.version}, accepted ${when(input.accepted_at)}. It reached ${input.reader} through ${input.through}.</p>
</header>
${binding(document)}
${asked(input)}
${nextStep(input)}
${operationPart(document)}
${printIndicators(document.indicators, byOrdinal(input.marks))}
${proof(input)}
${readings(input)}
</body></html>
`.text;
}

/** An instant in UTC for people; another zone is left as it is written. */
const when = (time: string): string => time.replace(/^(\S{10})T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z$/, "$1 $2 UTC");

function binding({ tlp, handling = [], embargo, pap }: TipDocument): Markup {
  return html`<div class="box"><p>What binds you</p>
<p><b>TLP:${tlp.toUpperCase()}</b> ${tlpWords[tlp]}</p>
${handling.map((one) => html`<p><b>${one}</b> ${handlingWords[one]}</p>`)}
${embargo && html`<p><b>Embargo until ${when(embargo.until)}</b> ${embargo.no.map((one) => embargoWords[one]).join(", ")} before then.</p>`}
${pap && html`<p><b>PAP:${pap.toUpperCase()}</b></p>`}
<p>${notEvidence}</p></div>`;
}

const pairs = (...list: [name: string, value: Markup | string | undefined | false][]): Markup =>
  html`<dl>${list.map(([name, value]) => value && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

function asked({ document: { ask, contact: named }, author }: PrintedTip): Markup | undefined {
  const contact = named ?? author.contact;
  if (!ask && !contact) return undefined;
  return html`<h2>What is asked, and whom to ask</h2>
${pairs(
  ["asks you to", ask?.for.map((one) => askWords[one]).join("; ")],
  ["urgency", ask?.urgency],
  ["answer by", ask?.respond_by && when(ask.respond_by)],
  ["preserve until", ask?.preserve_until],
  [
    "contact",
    contact && [contact.name, contact.team, contact.email, contact.phone, contact.hours].filter(Boolean).join(", "),
  ],
)}`;
}

function nextStep({ author, document }: PrintedTip): Markup {
  return html`<div class="box"><p>To obtain records, serve legal process</p>
<p>${
    author.legal_process_url
      ? html`${author.name} takes it at <code>${author.legal_process_url}</code>. Cite the account's platform and its id, which stays when the name changes; where none is given, its URL and the day.`
      : html`${author.name} has not said where it takes it: ask ${document.contact || author.contact ? "the contact above" : "the steward for a contact"}.`
  }</p></div>`;
}

function operationPart({ operation, basis, references, relates_to: relations }: TipDocument): Markup {
  const { assessment, measures = [], observations = [] } = operation;
  return html`<h2>The operation</h2>
${operation.summary && html`<p class="text">${defangProse(operation.summary)}</p>`}
${pairs(
  ["also called", operation.aliases?.join(", ")],
  ["actor", operation.actor],
  [
    "assessed as",
    assessment &&
      `${assessment.actor_type}${assessment.confidence === undefined ? "" : `, confidence ${assessment.confidence} of 100`}`,
  ],
  ["seen", [operation.first_seen, operation.last_seen].filter(Boolean).join(" to ")],
  ["from", operation.origin?.join(", ")],
  ["aimed at", operation.targets?.join(", ")],
  ["languages", operation.languages?.join(", ")],
  ["procedures", operation.procedures?.join(", ")],
  ["rests on", basis?.join(", ")],
  ["related tips", relations?.map(({ tip, relation }) => `${relation} ${tip}`).join(", ")],
  ["operation's id", html`<code>${operation.id}</code>`],
)}
${measures.length > 0 && html`<h2>Measured</h2>${measures.map((measure) => html`<p>${measureText(measure)}</p>`)}`}
${
  observations.length > 0 &&
  html`<h2>Observed</h2>${observations.map(({ procedure, text }) => html`<p>${procedure && html`<span class="dim">${procedure}</span> `}${defangProse(text)}</p>`)}`
}
${
  references &&
  references.length > 0 &&
  html`<h2>References</h2>${references.map(({ title, url, sha256 }) => html`<p>${title}${url && html` <code>${defangUrl(url)}</code>`}${sha256 && html` <code>SHA-256 ${sha256}</code>`}</p>`)}`
}`;
}

type Measure = NonNullable<TipDocument["operation"]["measures"]>[number];

function measureText({ what, platform, count, amount, currency, approximate, text }: Measure): string {
  const number = [count, amount].filter((one) => one !== undefined).join(", ");
  const first = [approximate && "about", number, currency, what, platform && `on ${platform}`]
    .filter(Boolean)
    .join(" ");
  return text ? `${first}: ${defangProse(text)}` : first;
}

function proof({ document, exchange, seq, accepted_at, expires_at, digest, receipt }: PrintedTip): Markup {
  return html`<h2>How to verify it</h2>
<p>The document is signed by its author, and the exchange signed that it accepted it. This paper is a rendering: what counts is the document. <code>tipoff tip show ${document.tip} --envelope tip.json</code>, then <code>tipoff verify tip.json</code>, checks both signatures. A tip can be corrected or taken back: before anybody relies on this paper, see whether it still stands.</p>
${pairs(
  ["exchange", exchange],
  ["tip", html`<code>${document.tip}</code>`],
  ["version, place", `${document.version}, ${seq}`],
  ["issued, accepted", `${when(document.issued_at)}, ${when(accepted_at)}`],
  ["expires", when(expires_at)],
  ["digest (SHA-256)", html`<code>${digest}</code>`],
  ["receipt", html`<code>${receipt}</code>`],
)}`;
}

function readings({ reader, at, purpose, accesses }: PrintedTip): Markup {
  return html`<h2>Who read it here</h2>
<p>Printed for ${reader}, ${when(at)}${purpose && html`, for ${purpose}`}. ${reader}'s own readings of this tip, by the exchange's records:</p>
<table><thead><tr><th class="what">day</th><th>purpose</th><th class="whose">door</th></tr></thead><tbody>${
    accesses.length > 0
      ? accesses.map(
          (one) => html`<tr><td>${one.day}</td><td>${one.purpose ?? "not stated"}</td><td>${one.door}</td></tr>`,
        )
      : html`<tr><td colspan="3">None before this one.</td></tr>`
  }</tbody></table>`;
}
