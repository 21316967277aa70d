/**
 * Whom the comments of a report's rows name: an actor, or the campaign of a country. A comment that says only what a thing
 * is (a malware family, a kind of site, whom it targets) names nobody: better one row too many in the remainder than an
 * operation that does not exist.
 */
import { countryOf } from "./comment.ts";

export interface Actor {
  /** The same for all spellings: "APT 36", "apt-36: …" and "APT36". */
  key: string;
  /** As the first comment spells it. */
  name: string;
  /** A name of its own, not a country's or a class of operations. */
  named: boolean;
}

/** One actor, or none, for each comment. A name one comment puts before a colon is known in the others of its file. */
export function actorsOf(comments: readonly string[]): (Actor | undefined)[] {
  const flat = comments.map((comment) => comment.normalize("NFKC").replace(/\s+/g, " ").trim());
  const read = flat.map((comment) => beforeColon(comment) ?? wholeName(comment) ?? beforeArtefact(comment));
  const known = new Map<string, Actor>();
  for (const one of read) if (one && !known.has(one.key)) known.set(one.key, one);
  return read.map((one, at) => known.get(one?.key ?? keyOf(flat[at]!)));
}

/** "APT32: Domain", "Iran: Tortoiseshell related Domain", "CIB: Costa Rica, El Salvador". */
function beforeColon(comment: string): Actor | undefined {
  const [, before, rest] = /^([^:]{2,60}?) ?: +(.+)$/.exec(comment) ?? [];
  if (!before || !rest || label.test(before) || !(isName(before) || tracked.test(before))) return undefined;
  const places = rest.split(/, | and /).every((place) => countryOf(place));
  if (classOf.test(before)) return places ? { key: keyOf(comment), name: comment, named: false } : undefined;
  const [, related] = /^(.{2,40}?)[- ](?:related|linked)\b/i.exec(rest) ?? [];
  return actor(countryOf(before) && related && isName(related) ? related : before);
}

/** "APT36", "UNC788, Iran", "Previously unreported group (Iran)", "Azerbaijan". */
function wholeName(comment: string): Actor | undefined {
  const [, name, place] = /^(.{2,60}?)(?:, | \()([^,()]+)\)?$/.exec(comment) ?? [];
  if (name && place && countryOf(place)) {
    if (isName(name) && !classOf.test(name)) return actor(name);
    if (/\b(?:group|network|cluster|actor|operation)$/i.test(name)) return actor(comment);
  }
  return tracked.test(comment) || countryOf(comment) ? actor(comment) : undefined;
}

/** "Cytrox Domain", "PSS Android C2 Domain": a name, and then only words for what the value is. */
function beforeArtefact(comment: string): Actor | undefined {
  const words = comment.split(" ");
  const at = words.findIndex((word) => artefact.test(word));
  const name = words.slice(0, at).join(" ");
  if (at < 1 || !thing.test(words.at(-1)!) || !words.slice(at).every((word) => artefact.test(word))) return undefined;
  return isName(name) && !classOf.test(name) && !/-targeting$/i.test(name) ? actor(name) : undefined;
}

const actor = (name: string): Actor => ({
  key: countryOf(name) ?? keyOf(name),
  name,
  named: !countryOf(name) && !/^(?:unnamed|unknown|unattributed)$/i.test(name),
});

/** Letters and digits alone, without the words for what sort of thing is named: "the BITTER APT" is "bitter". */
const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^the /, "")
    .replace(/(?<=\p{L}) (?:apt|group)$/u, "")
    .replace(/[^\p{L}\p{N}]/gu, "");

/** One to four words, each with a capital or a digit. */
const isName = (text: string): boolean =>
  text.split(" ").length <= 4 && text.split(" ").every((word) => /^[\p{Lu}\p{N}]/u.test(word) && !/[.;!?]$/.test(word));

const classOf = /^(?:CIB|IB|APT|IO|FIMI|coordinated inauthentic behaviou?r)$/i;
const tracked = /^(?:APT|UNC|FIN|TA|DEV|UAC|TAG|Storm)[- ]?(?:[A-Z][- ])?\d{1,5}$/i;
/** What stands before a colon and is no name. */
const label =
  /^(?:registration date|registered|targets?|targeted|provider|source|notes?|comments?|type|url|domains?|hash|file ?name|description|status|seen|(?:first|last) seen|hosted on|redirects to|see|e\.?g)$/i;
const thing = /^\(?(?:domains?|hash(?:es)?|urls?|sites?|websites?|servers?|infrastructure|ips?|accounts?|apps?)\)?$/i;
const artefact = new RegExp(
  `${thing.source}|^(?:android|ios|windows|macos|linux|malware|malicious|spyware|phishing|credential|theft|hosting|c2|c&c|dl|download|suspicious|firebase|telegram|cib|hosted|related|attacker|controlled)$`,
  "i",
);
