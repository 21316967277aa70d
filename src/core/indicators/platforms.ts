/** Which platform a host stands for, and which account or post a URL names. Pure; partners' own domains are an argument. */

import { foldHandle } from "./digest.ts";
import type { Indicator, Sites } from "./family.ts";
import { blogHosts, readPath } from "./profile-paths.ts";
import { readUrl, registrableOf } from "./url-form.ts";

/** The domains of each platform, the first one its present home. Subdomains belong to it too. */
export const platformDomains: Record<string, readonly string[]> = {
  x: ["x.com", "twitter.com", "t.co"],
  facebook: ["facebook.com", "fb.com", "fb.me", "fb.watch", "messenger.com"],
  instagram: ["instagram.com", "instagr.am"],
  threads: ["threads.net", "threads.com"],
  youtube: ["youtube.com", "youtu.be", "youtube-nocookie.com"],
  tiktok: ["tiktok.com"],
  telegram: ["t.me", "telegram.me", "telegram.org", "telegram.dog", "telegra.ph"],
  reddit: ["reddit.com", "redd.it"],
  pinterest: ["pinterest.com", "pin.it", "pinterest.co.uk", "pinterest.de", "pinterest.fr"],
  linkedin: ["linkedin.com", "lnkd.in"],
  vk: ["vk.com", "vk.ru", "vkontakte.ru"],
  ok: ["ok.ru", "odnoklassniki.ru"],
  tumblr: ["tumblr.com"],
  medium: ["medium.com"],
  quora: ["quora.com"],
  gab: ["gab.com", "gab.ai"],
  gettr: ["gettr.com"],
  truthsocial: ["truthsocial.com"],
  rumble: ["rumble.com"],
  odysee: ["odysee.com"],
  livejournal: ["livejournal.com"],
  blogspot: ["blogspot.com", "blogger.com"],
  wordpress: ["wordpress.com"],
  vimeo: ["vimeo.com"],
  dailymotion: ["dailymotion.com", "dai.ly"],
  soundcloud: ["soundcloud.com"],
  bluesky: ["bsky.app", "bsky.social"],
  weibo: ["weibo.com", "weibo.cn"],
  douyin: ["douyin.com"],
  discord: ["discord.com", "discord.gg", "discordapp.com"],
  whatsapp: ["whatsapp.com", "wa.me"],
  snapchat: ["snapchat.com"],
  flickr: ["flickr.com"],
  substack: ["substack.com"],
  patreon: ["patreon.com"],
  github: ["github.com", "github.io"],
  gitlab: ["gitlab.com", "gitlab.io"],
  "change.org": ["change.org"],
  linktree: ["linktr.ee"],
  bitchute: ["bitchute.com"],
  parler: ["parler.com"],
  minds: ["minds.com"],
  google: ["google.com", "gmail.com", "googlemail.com"],
};
const aliases: Record<string, string> = {
  twitter: "x",
  odnoklassniki: "ok",
  vkontakte: "vk",
  fb: "facebook",
  ig: "instagram",
  yt: "youtube",
  bsky: "bluesky",
  linktr: "linktree",
  "truth-social": "truthsocial",
  "truth social": "truthsocial",
  blogger: "blogspot",
  change: "change.org",
};

/** The static table with what partners registered: domain -> platform. A registered domain outranks the table. */
export function sitesWith(registered: ReadonlyMap<string, string>): Sites {
  const platforms = new Map<string, string>();
  for (const [platform, domains] of Object.entries(platformDomains))
    for (const domain of domains) platforms.set(domain, platform);
  for (const [domain, platform] of registered) platforms.set(domain.toLowerCase(), platform);
  // Not Map.groupBy: the client runs on Node 20 too.
  const domains = new Map<string, string[]>();
  for (const [domain, platform] of platforms) domains.set(platform, [...(domains.get(platform) ?? []), domain]);
  return {
    platformOf(host) {
      const name = host.toLowerCase().replace(/\.$/, "");
      if (name.length > 253) return undefined;
      for (let at = name; at.includes("."); at = at.slice(at.indexOf(".") + 1)) {
        const platform = platforms.get(at);
        if (platform !== undefined) return platform;
      }
      return name.includes(".") ? registrableOf(name) : undefined;
    },
    domainsOf: (platform) => domains.get(platform) ?? [],
  };
}

export const staticSites: Sites = sitesWith(new Map());

/** What a partner's canonical domain stands for: the table's platform, the partner's of that name, its only one, or itself. */
export function platformOfDomain(domain: string, platforms: readonly string[]): string {
  const known = staticSites.platformOf(domain);
  if (known && known !== domain) return known;
  const named = platforms.find((platform) => platform === domain.split(".")[0]);
  return named ?? (platforms.length === 1 ? platforms[0]! : domain);
}

/** A platform's short name, as indicators hold it. */
export const isShortName = (text: string): boolean => /^[a-z0-9]{1,100}$/.test(text) && !Object.hasOwn(aliases, text);

/** A platform's name as indicators hold it: the short name, or the registrable domain of an unknown site; undefined for nonsense. */
export function readPlatform(text: string, sites: Sites): string | undefined {
  if (isShortName(text)) return text;
  const name = text
    .trim()
    .normalize("NFKC")
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .split("/", 1)[0]!;
  if (Object.hasOwn(aliases, name)) return aliases[name];
  // A short name may hold a dot ("change.org"); it is its own platform then.
  const platform = name.includes(".") ? sites.platformOf(name) : name;
  return platform !== undefined && /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$/.test(platform) ? platform : undefined;
}

/** The account of a host that is one blog ("name.blogspot.com"). */
export function accountOfHost(host: string): Indicator | undefined {
  for (const [platform, suffixes] of Object.entries(blogHosts)) {
    const suffix = suffixes.find((each) => host.endsWith(`.${each}`));
    const name = suffix && host.slice(0, -suffix.length - 1).replace(/^(m|www)\./, "");
    if (name && !name.includes(".") && !/^(www|m|mobile|help|support|blog|api|about|en|ru|staff|static)$/.test(name)) {
      return { type: "account", platform, kind: "blog", handle: name, url: `https://${name}.${suffix}/` };
    }
  }
  return undefined;
}

/** The account or post a URL names, in canonical form; undefined where it names neither. */
export function readProfileUrl(text: string, sites: Sites): Indicator | undefined {
  const read = readUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim()) ? text : `https://${text.trim()}`);
  if (!read.ok) return undefined;
  const url = read.value;
  const host = url.hostname;
  const platform = sites.platformOf(host);
  if (platform === undefined) return undefined;
  const blog = accountOfHost(host);
  if (blog) {
    if (url.pathname === "/" && url.search === "") return blog;
    const post = /^\/(?:\d+\.html|p\/.+|post\/\d+.*|\d{4}\/\d{2}\/.+)$/.test(url.pathname);
    return post ? { type: "post", platform: blog.platform, url: url.href, author: blog.handle } : undefined;
  }
  const found = readPath(platform, unshortened(url));
  if (!found) return undefined;
  const { kind, handle, id, post, author, author_id, group: _group } = found;
  if (kind === "post") {
    // Facebook puts the author's number where its name may stand.
    const byNumber = author !== undefined && platform === "facebook" && /^\d+$/.test(author);
    const by = byNumber
      ? { author_id: author }
      : { ...(author && { author: foldHandle(author) }), ...(author_id && { author_id }) };
    return { type: "post", platform, id: post, url: url.href, ...by };
  }
  const name = handle && foldHandle(handle);
  // On an unknown site the path does not say more than that somebody has a name.
  return { type: "account", platform, ...(kind && { kind }), ...(id ? { id } : { handle: name }), url: url.href };
}

/** Short hosts whose paths mean something else than on the platform's home. */
function unshortened(url: URL): URL {
  const path = url.pathname;
  const to = (form: string) => new URL(form + url.search, "https://platform.invalid");
  if (url.hostname === "youtu.be") return to(`/shorts${path}`);
  if (url.hostname === "discord.gg") return to(`/invite${path}`);
  if (url.hostname === "redd.it") return to(`/comments${path}`);
  if (url.hostname === "dai.ly") return to(`/video${path}`);
  if (url.hostname === "chat.whatsapp.com") return to(`/invite${path}`);
  // Links through a shortener, and pages of others, name nobody here.
  if (
    /^(t\.co|fb\.me|fb\.watch|pin\.it|lnkd\.in|wa\.me|telegra\.ph|telegram\.org|.*\.github\.io|.*\.gitlab\.io|.*\.google\.com)$/.test(
      url.hostname,
    )
  )
    return to("/");
  return url;
}
