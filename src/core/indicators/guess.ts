/**
 * What a piece of plain text is, as people paste it: defanged, with or without a scheme, a profile's URL, a handle.
 * The answer is canonical. Text that is nothing of the kind is undefined, never a phrase: that must be asked for.
 */

import type { Indicator, Sites } from "./family.ts";
import { readNetwork } from "./ip-form.ts";
import { readPlatform, readProfileUrl } from "./platforms.ts";
import { refang } from "./refang.ts";
import { canonicalise } from "./registry.ts";

const canonical = (indicator: Indicator, sites: Sites): Indicator | undefined => {
  const parsed = canonicalise(indicator, sites);
  return parsed.ok ? parsed.value.indicator : undefined;
};

/** A range "a-b" that is exactly one CIDR block, as "a/length". */
function readSpan(text: string): string | undefined {
  const [from, to, more] = text.split(/[-–]/).map((end) => end.trim());
  if (!from || !to || more !== undefined) return undefined;
  const [first, last] = [readNetwork(from), readNetwork(to)];
  if (!first.ok || !last.ok || first.value.family !== last.value.family) return undefined;
  const [low, high] = [BigInt(`0x${first.value.hex}`), BigInt(`0x${last.value.hex}`)];
  const count = high - low + 1n;
  if (count < 1n || (count & (count - 1n)) !== 0n || low % count !== 0n) return undefined;
  const length = (first.value.family === 4 ? 32 : 128) - (count.toString(2).length - 1);
  return `${from}/${length}`;
}

/** The app of a store's URL. */
function readAppUrl(text: string, sites: Sites): Indicator | undefined {
  const url = URL.parse(/^https?:/i.test(text) ? text : `https://${text}`);
  if (url?.hostname === "play.google.com" && url.pathname === "/store/apps/details") {
    return canonical({ type: "app", store: "google-play", id: url.searchParams.get("id") ?? "" }, sites);
  }
  const id = url && /^(?:apps|itunes)\.apple\.com$/.test(url.hostname) && /\/id(\d+)\/?$/.exec(url.pathname)?.[1];
  return id ? canonical({ type: "app", store: "app-store", id }, sites) : undefined;
}

/** A profile's or post's URL, or a handle on `platform`, as spreadsheets hold them. */
export function readAccount(text: string, platform: string, sites: Sites): Indicator | undefined {
  const plain = refang(text);
  const name = readPlatform(platform, sites);
  if (/^https?:\/\//i.test(plain) || plain.includes("/")) {
    const named = readProfileUrl(plain, sites);
    return named && canonical(named, sites);
  }
  return name === undefined
    ? undefined
    : canonical(
        { type: "account", platform: name, ...(/^\d{5,}$/.test(plain) ? { id: plain } : { handle: plain }) },
        sites,
      );
}

const hashLengths: Record<number, string> = { 32: "md5", 40: "sha1", 64: "sha256" };

export function readText(text: string, sites: Sites): Indicator | undefined {
  if (text.length > 4_000) return undefined;
  const plain = refang(text).replace(/^(?:mailto|tel):/i, "");
  if (plain === "") return undefined;
  const span = /^[\da-f.:]+\s*[-–]\s*[\da-f.:]+$/i.test(plain) && /[.:]/.test(plain) ? readSpan(plain) : undefined;
  const network = readNetwork(span ?? plain);
  if (network.ok) return canonical({ type: "ip", value: network.value.value }, sites);

  const [, stated, hex] = /^(?:(md5|sha-?1|sha-?256|pdq)\s*[:=]\s*)?([\da-f]{32,64})$/i.exec(plain) ?? [];
  const algorithm = stated?.toLowerCase().replace("-", "") ?? hashLengths[hex?.length ?? 0];
  if (hex && algorithm) return canonical({ type: "hash", algorithm, value: hex }, sites);

  if (/^[#＃][^\s#＃]+$/u.test(plain)) return canonical({ type: "hashtag", value: plain }, sites);
  const [, person, host] = /^@([^\s@/]+)@([^\s@/]+)$/.exec(plain) ?? [];
  if (person && host?.slice(1, -1).includes("."))
    return canonical({ type: "account", platform: host, handle: person }, sites);
  if (/^[@＠][^\s@/]+$/u.test(plain)) return canonical({ type: "account", platform: "*", handle: plain }, sites);
  if (/^[^\s@/:]+@[^\s@/]+$/.test(plain)) return canonical({ type: "email", value: plain }, sites);
  if (/^(?:\+|00)[\d\s().\-/]{7,24}$/.test(plain)) return canonical({ type: "phone", value: plain }, sites);

  // "x:harbour_voice" and "x:@harbour_voice", as labels write accounts.
  const labelled = /^([a-z][a-z0-9.-]*):(@?[^\s/:@]+)$/i.exec(plain);
  if (
    labelled &&
    (labelled[2]!.startsWith("@") || sites.domainsOf(readPlatform(labelled[1]!, sites) ?? "").length > 0)
  ) {
    return readAccount(labelled[2]!, labelled[1]!, sites);
  }
  if (/\s/.test(plain)) return undefined;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(plain);
  if (!scheme && !/[/?#:]/.test(plain))
    return plain.includes(".") ? canonical({ type: "domain", value: plain }, sites) : undefined;
  const url = scheme ? plain : `https://${plain}`;
  const named = readAppUrl(url, sites) ?? readProfileUrl(url, sites);
  return (named && canonical(named, sites)) ?? canonical({ type: "url", value: url }, sites);
}
