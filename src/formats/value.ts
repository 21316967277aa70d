/** One value of a report as a canonical indicator that also fits the document's schema, so that nothing is imported which a tip refuses. */
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { readAccount, readText } from "../core/indicators/guess.ts";
import { refang } from "../core/indicators/refang.ts";
import { canonicalise, indicatorSchema } from "../core/indicators/registry.ts";
import { sentenceOf } from "../core/issues.ts";
import { under } from "./taxonomy.ts";

/** The indicator in canonical form; undefined where a tip would refuse it. */
export function canonical(members: Record<string, unknown> & { type: string }, sites: Sites): Indicator | undefined {
  const shaped = indicatorSchema.safeParse(members);
  if (!shaped.success) return undefined;
  const parsed = canonicalise(shaped.data, sites);
  return parsed.ok ? parsed.value.indicator : undefined;
}

/** Why `canonical` refuses. */
export function faultsOf(members: Record<string, unknown> & { type: string }, sites: Sites): string {
  const shaped = indicatorSchema.safeParse(members);
  if (!shaped.success)
    return shaped.error.issues.map((issue) => `${issue.path.join(".") || "indicator"}: ${sentenceOf(issue)}`).join(" ");
  const parsed = canonicalise(shaped.data, sites);
  return parsed.ok
    ? ""
    : parsed.error.map(({ pointer, detail }) => `${pointer.slice(1) || "indicator"}: ${detail}`).join(" ");
}

/** A text that is one value and nothing else. The comment tells an image hash from a file's. */
export function readValue(text: string, sites: Sites, comment = ""): Indicator | undefined {
  const whole = mended(text);
  const read = readText(whole, sites) ?? withRemark(whole, sites);
  if (!read || !indicatorSchema.safeParse(read).success) return undefined;
  const picture =
    read.type === "hash" && String(read.value).length === 64 && (read.algorithm === "pdq" || /\bpdq\b/i.test(comment));
  return picture ? { ...read, algorithm: "pdq", of: "image" } : read;
}

/** Reports break long URLs at the edge of a column: the pieces of one are joined where each looks like a part of a URL. */
function mended(text: string): string {
  const pieces = text.trim().split(/\s+/);
  const [first, ...rest] = pieces;
  const one =
    /^h(?:tt|xx)ps?:/i.test(first ?? "") &&
    rest.length > 0 &&
    rest.length <= 3 &&
    rest.every((piece) => /[-/%\d_=]/.test(piece) && !/^h(?:tt|xx)p|[([]|:$/i.test(piece));
  return one ? pieces.join("") : text.trim();
}

/** "name.example (Hosted a spoof of …)", "name.example: C2", "info[at]name.example, hosted with …". */
function withRemark(text: string, sites: Sites): Indicator | undefined {
  const aside = /[([]([^()[\]]+)[)\]]$/.exec(text);
  const host = text.indexOf("hosted with ");
  const remarks: [before: string, remark: string][] = [];
  if (aside) remarks.push([text.slice(0, aside.index).trim(), aside[1]!]);
  if (host > 0 && text.slice(0, host).trim().endsWith(","))
    remarks.push([text.slice(0, host).trim(), text.slice(host)]);
  for (const [before, remark] of remarks) {
    const value = before.replace(/[,:]$/, "");
    if (/\s/.test(value) || !isMarked(value)) continue;
    const read = readText(value, sites);
    return read && { ...read, note: remark };
  }
  return undefined;
}

/** Prose holds many a word with a dot; only what is written as an address is one: defanged, or with its scheme. */
const isMarked = (word: string): boolean => /^(?:h(?:tt|xx)ps?:\/\/|\S*[[({](?:\.|dot|at|@|:)[\])}])/i.test(word);

const serviceForm = /\b(?:using|via|through|with|sharing on|uses)\s+(?:\S+ )?$/i;
/** As many words as that form may hold. */
const serviceWords = 3;

/** The values that prose mentions. A service the operation used is not the operation's. */
export function valuesInProse(text: string, sites: Sites, procedure?: string): Indicator[] {
  let custom = false;
  return [...text.matchAll(/\S+/g)].flatMap(([word], at, all) => {
    const ofCustom = custom;
    custom ||= /\bcustom\b/i.test(word);
    const plain = word.replace(/^[("“'<]+|(?<![)"”'>,;:.!?])[)"”'>,;:.!?]+$/g, "");
    if (!isMarked(plain)) return [];
    const read = readText(plain, sites);
    if (!read) return [];
    const before = all.slice(Math.max(0, at - serviceWords), at).map(([each]) => `${each} `);
    const service =
      read.type === "domain" &&
      under(procedure, "5.1.1", "5.2.1", "5.5.3", "3.5", "6.2") &&
      serviceForm.test(before.join("")) &&
      !ofCustom;
    return [service ? { ...read, control: "abused-service" as const } : read];
  });
}

/** A comment's values belong to other rows, save where it says where the value leads. */
export function valuesInComment(comment: string, sites: Sites): Indicator[] {
  const target = /redirects? to:?\s*(\S+)/i.exec(comment)?.[1];
  const read = target && isMarked(target) ? readText(refang(target), sites) : undefined;
  return read ? [{ ...read, role: "landing" }] : [];
}

/** A bare handle where the platform is known from elsewhere. */
export function readHandle(text: string, platform: string | undefined, sites: Sites): Indicator | undefined {
  if (!platform || !/^@?[\p{L}\p{N}_.-]{2,64}$/u.test(text) || !/[\p{L}_]/u.test(text)) return undefined;
  return readAccount(text, platform, sites);
}

/** "name.medium.com", as a domain or a bare URL, as the account it is. */
export function blogOf(indicator: Indicator, sites: Sites): Indicator | undefined {
  const host = /^(?:https?:\/\/)?([^/]+)\/?$/.exec(String(indicator.value))?.[1];
  const platform =
    host && (indicator.type === "domain" || indicator.type === "url") ? sites.platformOf(host) : undefined;
  const home = platform && sites.domainsOf(platform).find((domain) => host!.endsWith(`.${domain}`));
  const name = home && host!.slice(0, -home.length - 1);
  if (!name || name.includes(".") || /^(www|m|mobile|blog|help)$/.test(name)) return undefined;
  return canonical(
    { type: "account", platform: platform!, kind: "blog", handle: name, url: `https://${host}/` },
    sites,
  );
}
