/**
 * Canonical domains and URLs. A domain is an A-label host with a known public suffix (or one of the reserved sample
 * suffixes); a URL is WHATWG-normalised, with http folded into https, no fragment, no tracking parameters, no userinfo.
 */
import { parse } from "tldts";
import { err, ok, type Result } from "../result.ts";
import { readNetwork } from "./ip-form.ts";

const samples = new Set(["example", "test", "invalid"]);
const tracking =
  /^(utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|vero_id|mkt_tok|ref_src|ref_url|__twitter_impression|wt_mc|oly_enc_id|oly_anon_id|rb_clickid|s_cid|scid|srsltid|spm|xmt|__tn__|__cft__.*)$/;

/** The domain below the public suffix, private section included; a private suffix stands for itself. */
export function registrableOf(host: string): string | undefined {
  const parsed = parse(host, { allowPrivateDomains: true });
  if (parsed.isIp) return undefined;
  return parsed.domain ?? (parsed.isPrivate ? host : undefined);
}

/** True for a host under which strangers register ("blogspot.com"). */
export const isPrivateSuffix = (host: string): boolean => {
  const parsed = parse(host, { allowPrivateDomains: true });
  return parsed.isPrivate === true && parsed.domain === null;
};

/** A-label, lower case, no trailing dot. */
export function readDomain(text: string): Result<string, string> {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > 1_000 || /[\s/?#@:\\%[\]]/.test(trimmed))
    return err("This is not a domain name.");
  // An underscore is legal in the DNS and in a URL; everything else the URL parser judges (UTS 46).
  const parsed = URL.parse(`https://${trimmed}/`);
  if (!parsed) return err("This is not a domain name.");
  const host = parsed.hostname.replace(/\.$/, "");
  if (isAddress(host)) return err("This is an address; use the type ip.");
  const labels = host.split(".");
  if (host.length > 253 || labels.some((label) => !/^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) {
    return err("This is not a domain name.");
  }
  if (labels.length < 2) return err("A domain has at least two labels.");
  const suffix = parse(host, { allowPrivateDomains: true });
  if (suffix.isIcann && suffix.domain === null) return err("This is a public suffix, not a domain.");
  if (!suffix.isIcann && !suffix.isPrivate && !samples.has(labels.at(-1)!))
    return err("No such public suffix is known.");
  return ok(host);
}

/** Where it is a domain: in canonical form, and plainly so. A label that begins with xn-- is the URL parser's to judge. */
export const isPlainHost = (value: unknown): boolean =>
  typeof value === "string" && /^[a-z0-9.-]+\.[a-z]{2,63}$/.test(value) && !value.includes("xn--");

/** Where it is a URL that may be an indicator: in canonical form, and plainly so. */
export function isPlainUrl(value: unknown): boolean {
  const [, host, path, query] = (typeof value === "string" && plainUrl.exec(value)) || [];
  if (path === undefined || !isPlainHost(host) || path.includes("/.")) return false;
  return query === undefined || query.split("&").every((pair) => pair !== "" && !tracking.test(nameOf(pair)));
}
const plainUrl = /^https:\/\/([a-z0-9.-]+)(\/[\w/.~-]*)(?:\?([\w=&.~-]+))?$/;

/** The domain and each parent down to the registrable domain, itself first. */
export function withParents(domain: string): string[] {
  const last = registrableOf(domain) ?? domain;
  const found = [domain];
  for (let at = domain; at !== last && at.length > last.length; ) {
    at = at.slice(at.indexOf(".") + 1);
    found.push(at);
  }
  return found;
}

/** The parsed URL of a text that names its scheme; undefined for none. */
export function readUrl(text: string): Result<URL, string> {
  let url = URL.parse(text.trim());
  if (!url) return err("This is not a URL.");
  if (!/^(https?|ftp):$/.test(url.protocol)) return err("Only http, https and ftp URLs are indicators.");
  if (url.username || url.password) return err("A URL may not hold a user name or password.");
  const address = hostAddress(url);
  if (address !== undefined) {
    const network = readNetwork(address);
    if (!network.ok) return err(network.error);
  } else {
    const domain = readDomain(url.hostname);
    if (!domain.ok) return err(domain.error);
    url.hostname = domain.value;
  }
  if (url.protocol === "http:") url = new URL(`https${url.href.slice(4)}`);
  url.hash = "";
  const kept = url.search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !tracking.test(nameOf(pair)));
  // The setter drops one leading question mark, which may be the first name's own.
  url.search = kept.length > 0 ? `?${kept.join("&")}` : "";
  return ok(url);
}

/** The address of a URL whose host is one, without brackets. */
export function hostAddress(url: URL): string | undefined {
  return isAddress(url.hostname) ? url.hostname.replace(/^\[|\]$/g, "") : undefined;
}

/** Of a host as the URL parser writes it: an address is four decimal numbers, or stands in brackets; nothing else ends in a number. */
const isAddress = (host: string): boolean => host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);

function nameOf(pair: string): string {
  const name = pair.split("=", 1)[0]!;
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
