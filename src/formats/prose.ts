/** Prose of a report: counts, followers and spending become measures, the rest is kept as it stands. */
import type { Measure } from "./reading.ts";
import { platformOfProcedure } from "./taxonomy.ts";

const about = "(?:(about|around|approximately|roughly|nearly|almost|less than|fewer than|more than|over|some|~)\\s*)?";
/** A number begins where no digit or comma of it stands before: from within it would be read again from each digit on. */
const number = "(no|\\d(?<!\\d,*\\d)[\\d,]*(?:\\.\\d+)?)(?:\\s*(thousand|million|billion|[kmb]\\b))?";
const assetForm = new RegExp(
  `${about}\\b${number}\\s+(?:([A-Z][A-Za-z]+|X)(?:\\s*\\/\\s*[A-Z][A-Za-z]*)?\\s+)?(accounts?|profiles?|users?|people|pages?|groups?|channels?|posts?)\\b(?:\\s+(followed|liked|joined)\\b([^.;]*?)(?=,? and (?:about|around)|[.;,]|$))?`,
  "gi",
);
const spendForm = new RegExp(
  `${about}(?:(US\\$|\\$|€|£)\\s*${number}|${number}\\s*(USD|EUR|GBP|US dollars|dollars|euros?))`,
  "gi",
);
const currencies: Record<string, string> = {
  $: "USD",
  us$: "USD",
  "€": "EUR",
  "£": "GBP",
  usd: "USD",
  eur: "EUR",
  gbp: "GBP",
};
const scale: Record<string, number> = { thousand: 1e3, k: 1e3, million: 1e6, m: 1e6, billion: 1e9, b: 1e9 };
const plural: Record<string, string> = {
  account: "accounts",
  profile: "accounts",
  page: "pages",
  group: "groups",
  channel: "channels",
  post: "posts",
};

const amountOf = (digits: string, unit: string | undefined): number =>
  digits.toLowerCase() === "no"
    ? 0
    : Math.round(Number(digits.replaceAll(",", "")) * (scale[(unit ?? "").toLowerCase()] ?? 1) * 100) / 100;

/** Every count and amount the text states. The platform is the one named beside it, else the procedure's. */
export function readMeasures(text: string, procedure?: string): Measure[] {
  const flat = text.replace(/\s+/g, " ").trim();
  return [...readCounts(flat, procedure), ...readSpending(flat)];
}

function readCounts(text: string, procedure: string | undefined): Measure[] {
  const measures: Measure[] = [];
  // "63 accounts on Facebook and Instagram" is of no one platform.
  const several = /\baccounts? on [A-Z]\w+(,| and) /.test(text);
  let named: string | undefined;
  for (const [, vague, digits, unit, word, noun, verb, object] of text.matchAll(assetForm)) {
    const kind = noun!.toLowerCase().replace(/s$/, "");
    const platform =
      word && /^[A-Z]/.test(word) && !/^(Fake|Inauthentic|Compromised|Other|These|Likely)$/.test(word)
        ? word.toLowerCase()
        : undefined;
    const count = amountOf(digits!, unit);
    if (!Number.isSafeInteger(count)) continue;
    const counted = { count, ...(vague ? { approximate: true } : {}) };
    if (verb) {
      const of = /\b([A-Z]\w+) (?:[Aa]ccounts?|[Pp]ages?|[Gg]roups?|[Cc]hannels?)\b/
        .exec(object ?? "")?.[1]
        ?.toLowerCase();
      const members = verb === "joined" || /\bgroups?\b/i.test(object ?? "");
      const where =
        of ?? platformOfProcedure(procedure) ?? (/\b(pages?|groups?)\b/i.test(object ?? "") ? named : undefined);
      measures.push({ what: members ? "members" : "followers", ...(where ? { platform: where } : {}), ...counted });
    } else if (plural[kind]) {
      if (platform && kind !== "group" && kind !== "page") named = platform;
      const where = several
        ? undefined
        : (platform ?? (kind === "page" || kind === "group" ? named : undefined) ?? platformOfProcedure(procedure));
      measures.push({ what: plural[kind], ...(where ? { platform: where } : {}), ...counted });
    }
  }
  return measures;
}

function readSpending(text: string): Measure[] {
  if (!/\b(spen[dt]|spending|ads?|advertis)/i.test(text)) return [];
  return [...text.matchAll(spendForm)].map(([, vague, sign, digits, unit, digits2, unit2, word]) => ({
    what: "ad-spend",
    amount: amountOf((digits ?? digits2)!, unit ?? unit2),
    currency: currencies[(sign ?? word ?? "").toLowerCase()] ?? (/euro/i.test(word ?? "") ? "EUR" : "USD"),
    ...(vague ? { approximate: true } : {}),
  }));
}

const investigators =
  /\b(the|this|these|their|its|some of (?:the|these|this)|one of the) (?:\w+[- ]){0,2}?(networks?|operations?(?! telescreen)|campaigns?|clusters?|apts?|fake|personas?|websites?|pages? and groups?|brand)\b|\b(fake (?:accounts?|personas?|employees)|fictitious|inauthentic|backstopped|proxy ip|on facebook|off-platform|own websites)\b/i;
const deeds =
  /^(they (?:posted|shared|commented|criticized|praised)|accounts?|individuals|the people behind|posing|posed|posting|posted|posts?|sharing|shares?|using|uses|used|directing|creating|created|automating|copying|copied|writes|writing|reusing|registering|privacy protecting|disguising|impersonating|advertising|commenting|replacing|acquiring|configure|leveraging|route|distributing|inferred|persuading|socially|releasing|updating|adding)\b/i;

/** Whether a text is an investigator's description, and not something the operation itself wrote. */
export const isDescription = (text: string): boolean => investigators.test(text) || deeds.test(text.trim());

/** A name under a procedure. `whole`: the text is the name and nothing else, so the procedure speaks of its bearer. */
export interface Named {
  value: string;
  whole: boolean;
  brand: boolean;
}

/** Names of personas and brands that stand under a procedure; empty where the text only describes. */
export function readNames(text: string): Named[] {
  const trimmed = text.trim();
  const named = (value: string, whole: boolean, brand = false): Named => ({ value: value.trim(), whole, brand });
  const head = /^([^,]{2,60}), (?:claimed to be|an? )/.exec(trimmed)?.[1];
  if (head && isName(head)) return [named(head, false)];
  if (isName(trimmed) || isWordList(trimmed)) {
    return trimmed
      .split(/\n|\s\/\s/)
      .map((name) =>
        named(
          name
            .trim()
            .replace(/^the (?=[“"])/, "")
            .replace(/^[“"'](.*)[”"']$/, "$1"),
          true,
        ),
      )
      .filter(({ value }) => value !== "");
  }
  return [...trimmed.matchAll(introduced)].map(([all, called, branded, quoted]) =>
    named((called ?? branded ?? quoted)!.replace(/[,.]$/, ""), false, /\bbrand\b/.test(all)),
  );
}

/** One word a line, and several lines. */
const isWordList = (text: string): boolean =>
  text.includes("\n") && text.split("\n").every((line) => !/\s/.test(line.trim()));

const capitals = "((?:[A-Z][\\w’'-]*)(?: [A-Z][\\w’'-]*){0,5})";
const introduced = new RegExp(
  `(?:\\b(?:called|named|group [–-]) (?:the )?${capitals})|(?:\\b[Tt]he ${capitals} brand\\b)|(?:(?:the|new brand,) [“"]([^”"]{2,60}?),?[”"])`,
  "g",
);

function isName(text: string): boolean {
  if (text.length > 80 || text.split(/\s+/).length > 10 || /[.!?:;]$/.test(text) || isDescription(text)) return false;
  return (
    /^[\p{Lu}\p{Lo}\p{N}“"]/u.test(text) &&
    !/\b(accounts?|personas?|websites?|pages|had|was|were|is|are|listed)\b/.test(text)
  );
}

/** The language of a text whose script is that of one language; undefined for the others. */
export function langOf(text: string): string | undefined {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return "ja";
  const share = (script: RegExp): boolean => (text.match(script)?.length ?? 0) * 3 > text.replace(/\s/g, "").length;
  if (share(/\p{Script=Han}/gu)) return "zh";
  if (share(/\p{Script=Hangul}/gu)) return "ko";
  if (share(/\p{Script=Thai}/gu)) return "th";
  if (share(/\p{Script=Greek}/gu)) return "el";
  return share(/\p{Script=Myanmar}/gu) ? "my" : undefined;
}
