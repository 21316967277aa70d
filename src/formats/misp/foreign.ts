/**
 * What somebody else's MISP attribute is among our types. Its type says what the value is; that something may be blocked
 * (`to_ids`) does not say whose it is, so `control` comes from the comment alone. What our types do not allow has its reason.
 */
import type { Indicator, Sites } from "../../core/indicators/family.ts";
import { readAccount } from "../../core/indicators/guess.ts";
import { readComment } from "../comment.ts";
import { canonical, faultsOf, readValue } from "../value.ts";
import { type Json, tagsOf, textOf, timeOf } from "./document.ts";

type Members = Record<string, unknown> & { type: string };
/** Indicators; or prose, or why nothing is read. */
export type Found = { indicators: Indicator[] } | { text: string } | { reason: string };

const addresses = /^(?:ip-src|ip-dst)(?:\|port)?$/;
const emails = /^(?:email|email-src|email-dst|email-reply-to|whois-registrant-email|dns-soa-email)$/;
const prose =
  /^(?:text|comment|other|campaign-name|campaign-id|threat-actor|malware-type|email-subject|email-body|full-name)$/;

export function readForeign(attribute: Json, sites: Sites): Found {
  const type = textOf(attribute.type);
  const value = textOf(attribute.value);
  if (value === "") return { reason: "The attribute has no value." };
  const members = membersOf(type, value, sites);
  if (members === undefined) {
    if (prose.test(type)) return { text: /^(?:text|comment|other)$/.test(type) ? value : `${type}: ${value}` };
    return { reason: reasonOf(type) };
  }
  const said = readComment(textOf(attribute.comment), undefined);
  const indicators: Indicator[] = [];
  for (const each of members) {
    const found = canonical({ ...each, ...marksOf(attribute) }, sites);
    if (!found) return { reason: faultsOf(each, sites) || "The attribute's times or tags do not fit." };
    indicators.push({ ...said(found), ...found });
  }
  return { indicators };
}

/** What MISP keeps beside a value: when it was seen, and how sure somebody is. */
export function marksOf(attribute: Json): Record<string, unknown> {
  const [first_seen, last_seen] = [timeOf(attribute.first_seen), timeOf(attribute.last_seen)];
  const confidence = tagsOf(attribute)
    .map((tag) => levels.get(tag))
    .find((level) => level !== undefined);
  return {
    ...(first_seen !== undefined && { first_seen }),
    ...(last_seen !== undefined && { last_seen }),
    ...(confidence !== undefined && { confidence }),
  };
}
/** ICD 203's three words as the middle of STIX 2.1's ranges (appendix A), and MISP's own scale. */
const levels = new Map([
  ['estimative-language:confidence-in-analytic-judgment="low"', 15],
  ['estimative-language:confidence-in-analytic-judgment="moderate"', 50],
  ['estimative-language:confidence-in-analytic-judgment="high"', 85],
  ['misp:confidence-level="completely-confident"', 100],
  ['misp:confidence-level="usually-confident"', 75],
  ['misp:confidence-level="fairly-confident"', 50],
  ['misp:confidence-level="rarely-confident"', 25],
  ['misp:confidence-level="unconfident"', 0],
]);

function membersOf(type: string, value: string, sites: Sites): Members[] | undefined {
  const [before = "", after = ""] = value.split("|", 2);
  if (addresses.test(type)) return [{ type: "ip", value: before }];
  if (emails.test(type)) return [{ type: "email", value }];
  const [, named, algorithm] = /^(filename\|)?(md5|sha1|sha256)$/.exec(type) ?? [];
  if (algorithm)
    return named
      ? [{ type: "hash", algorithm, value: after, filename: before.slice(0, 256) }]
      : [{ type: "hash", algorithm, value }];
  switch (type) {
    case "domain":
    case "hostname":
      return [{ type: "domain", value }];
    case "hostname|port":
      return [{ type: "domain", value: before }];
    case "domain|ip":
      return [
        { type: "domain", value: before },
        { type: "ip", value: after },
      ];
    case "url":
    case "uri":
      return [urlOf(value, sites)];
    case "phone-number":
    case "whois-registrant-phone":
      return [{ type: "phone", value }];
    case "btc":
      return [{ type: "wallet", chain: "bitcoin", id: value }];
    case "xmr":
      return [{ type: "wallet", chain: "monero", id: value }];
    case "mobile-application-id":
      return [{ type: "app", store: /^\d+$/.test(value) ? "app-store" : "google-play", id: value }];
    case "github-username":
      return [{ type: "account", platform: "github", handle: value }];
    case "twitter-id":
      return [readAccount(value, "x", sites) ?? { type: "account", platform: "x", handle: value }];
    default:
      return undefined;
  }
}

/** A profile's or post's address on a known site is that account or post: it is found by more. */
function urlOf(value: string, sites: Sites): Members {
  const read = readValue(value, sites);
  const known =
    (read?.type === "account" || read?.type === "post") && sites.domainsOf(String(read.platform)).length > 0;
  return known ? read! : { type: "url", value };
}

function reasonOf(type: string): string {
  if (type === "link") return "A link is a reference, not an indicator.";
  if (/^target-/.test(type)) return "This names a target, not the operation.";
  if (/^(?:attachment|malware-sample)$/.test(type)) return "Files are not read, only their hashes.";
  return `There is no type of ours for ${/^[\w|/. -]{1,40}$/.test(type) ? type : "this type"}.`;
}
