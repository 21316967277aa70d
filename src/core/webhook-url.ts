/**
 * Where a webhook may be sent: an https URL that names a host of the public internet. Judged on the text that was given and on
 * what the URL parser makes of it, so that no notation of an address says one thing here and another where it is fetched.
 *
 * The same call judges on saving and on each send: the text does not change, but the steward's ports and these lists may.
 * It resolves no name. One that its owner points into a private network passes here; what holds that is the runtime, whose
 * requests reach public addresses alone. Nor is an IPv4 address seen which an operator's own NAT64 prefix embeds.
 */
import ipaddr from "ipaddr.js";
import { hostAddress, readDomain } from "./indicators/url-form.ts";
import { limits } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

export interface AllowedTargets {
  /** Ports beside 443. */
  ports: readonly number[];
  /** For development alone: 127.0.0.0/8, ::1 and localhost, by http too and at any port. */
  loopback: boolean;
}

/** The URL to fetch, in normal form; or the sentence that says what to do instead. */
export function judgeWebhookUrl(text: string, allowed: AllowedTargets): Result<URL, string> {
  const tooLong = `Use a URL of at most ${limits.webhook_url_characters} characters.`;
  if (text.length > limits.webhook_url_characters) return err(tooLong);
  // The parser drops tabs and line ends, takes "\" for "/", and any number of slashes for two.
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined || /[\s\p{Cc}\\]/u.test(text)) return err("Write the URL whole: https://host/path.");
  if (authority.includes("@"))
    return err("Leave user name and password out: messages are signed, verify them by that.");
  if (authority.includes("%")) return err("Write the host as it is, not percent-encoded and without a zone.");
  if (text.includes("#")) return err("Leave the fragment out: it is not sent.");
  const url = URL.parse(text);
  if (!url) return err("This is not a URL: write https://host/path.");
  if (url.href.length > limits.webhook_url_characters) return err(tooLong);
  const address = hostAddress(url);
  if (address === url.hostname && authority.replace(/:\d*$/, "") !== address)
    return err("Write the address as four decimal numbers, as in 8.8.4.4.");
  if (allowed.loopback && isLoopback(url.hostname, address)) return ok(url);
  if (url.protocol !== "https:") return err("Use https: a message must not be read or changed on its way.");
  const refused = address === undefined ? judgeName(url.hostname) : judgeAddress(address);
  if (refused) return err(refused);
  if (url.port !== "" && !allowed.ports.includes(Number(url.port)))
    return err(`Use port ${["443", ...allowed.ports].join(" or ")}; the steward can allow others.`);
  return ok(url);
}

const isLoopback = (host: string, address: string | undefined): boolean =>
  host === "localhost" || address === "::1" || address?.startsWith("127.") === true;

const publicOnly = "Use a host on the public internet";

function judgeAddress(text: string): string | undefined {
  const address = ipaddr.parse(text);
  const kind = address instanceof ipaddr.IPv6 ? kindOfIpv6(address) : kindOfIpv4(address as ipaddr.IPv4);
  return kind && `${publicOnly}: this address is ${kind}.`;
}

/** What an address is, where it is not an ordinary public one. What ipaddr.js has no name for is `unicast`. */
function kindOfIpv4(address: ipaddr.IPv4): string | undefined {
  const range = address.range();
  if (range !== "unicast") return words[range] ?? range;
  // Azure's own: unicast by its number, and the same machine's agent wherever it is asked.
  return address.toString() === "168.63.129.16" ? "a cloud's metadata service" : undefined;
}

/**
 * Global unicast is 2000::/3 (RFC 4291); outside lie loopback, IPv4-mapped and IPv4-compatible addresses, NAT64, unique local
 * and the rest. Within it ipaddr.js names 6to4, Teredo, documentation and what else leads elsewhere.
 */
function kindOfIpv6(address: ipaddr.IPv6): string | undefined {
  const range = address.range();
  if (range !== "unicast") return words[range] ?? range;
  if (!address.match(global, 3)) return "not global unicast";
  const [flags, isatap, high, low] = address.parts.slice(4) as [number, number, number, number];
  // ISATAP (RFC 5214): the last 32 bits are the IPv4 address that the packet goes to.
  if (isatap !== 0x5efe || (flags & ~0x0300) !== 0) return undefined;
  const inner = kindOfIpv4(new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]));
  return inner && `one that leads to an address which is ${inner}`;
}

const global = ipaddr.IPv6.parse("2000::");
const words: Record<string, string | undefined> = {
  unspecified: "unspecified",
  broadcast: "broadcast",
  multicast: "multicast",
  linkLocal: "link-local",
  loopback: "loopback",
  carrierGradeNat: "carrier NAT",
  private: "private",
  reserved: "reserved or for documentation",
  uniqueLocal: "unique local",
  deprecatedSiteLocal: "site-local",
  ipv4Mapped: "an IPv4 address in IPv6 notation",
  rfc6052: "a NAT64 address",
  rfc6145: "an IPv4-translated address",
  "6to4": "a 6to4 address",
  teredo: "a Teredo address",
};

function judgeName(host: string): string | undefined {
  if (host.endsWith(".")) return "Leave out the dot at the host's end.";
  if (host.includes("..") || !host.includes(".")) return `${publicOnly}: this name has one label.`;
  const refused = under(host, inner) ?? under(host, elsewhere);
  if (refused) return `${publicOnly}: names under ${refused} lead to private addresses or nowhere.`;
  if (embedsInner(host)) return `${publicOnly}: this name has a private address in it.`;
  // Closed by default: a suffix nobody can register under (.corp, .svc, .consul) resolves, if at all, inside a network.
  const domain = readDomain(host);
  return domain.ok ? undefined : `${publicOnly}: ${domain.error.charAt(0).toLowerCase()}${domain.error.slice(1)}`;
}

const under = (host: string, names: readonly string[]): string | undefined =>
  names.find((name) => host === name || host.endsWith(`.${name}`));

/**
 * Suffixes that never are the public internet (RFC 6761, 6762, 7686, 8375; ICANN's `.internal`), and names of metadata
 * services. `.test` is what private set-ups resolve by themselves, and `.invalid` is a mistake. `.example` passes: it cannot
 * resolve anywhere (RFC 6761, section 6.5), so it reaches nothing, and samples and tests need names that are nobody's.
 */
const inner: readonly string[] = [
  ...["localhost", "local", "internal", "intranet", "lan", "corp", "arpa", "onion", "test", "invalid"],
  ...["metadata.goog", "metadata.tencentyun.com", "metadata.packet.net", "metadata.platformequinix.com"],
];

/** Public names that are made to resolve to loopback or to any address one writes into them, or to change what they resolve to. */
const elsewhere: readonly string[] = [
  // Any address, written into the name.
  ...["nip.io", "sslip.io", "xip.io", "xip.name", "traefik.me", "backname.io", "local-ip.co", "local-ip.sh"],
  ...["local-ip.medicmobile.org", "ip.addr.tools", "plex.direct", "ipv6-literal.net"],
  // Loopback.
  ...["localtest.me", "lvh.me", "vcap.me", "lacolhost.com", "localho.st", "smackaho.st", "fuf.me"],
  ...["local.gd", "lcl.host", "localdev.me", "localhost.direct", "localhost.localstack.cloud", "localdomain.pw"],
  ...["ddev.site", "lndo.site", "docksal.site", "ulh.us", "42foo.com", "yoogle.com", "127-0-0-1.org.uk"],
  ...["spoofed.burpcollaborator.net", "bugbounty.dod.network", "mail.ebc.apple.com", "local.sisteminha.com"],
  // Another address each time they are asked.
  ...["1u.ms", "rbndr.us", "rebind.network", "rebind.it", "lock.cmpxchg8b.com"],
];

/** Services that resolve "10-0-0-1.any.name" are many, and new ones come: a private address in a name is never an accident. */
function embedsInner(host: string): boolean {
  const quads = host.matchAll(/(?<!\d)(?=(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?!\d))/g);
  for (const [, ...numbers] of quads) {
    const octets = numbers.map(Number);
    if (octets.every((octet) => octet < 256) && kindOfIpv4(new ipaddr.IPv4(octets))) return true;
  }
  return false;
}
