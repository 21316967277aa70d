/**
 * Values that are everyone's: public resolvers, platforms' own home pages, shorteners, file hosts, the empty file.
 * Exact values only, never by a parent: what lies on such a host may well be the operation's.
 */
import type { Indicator } from "./family.ts";
import { platformDomains } from "./platforms.ts";

const resolvers =
  "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 1.1.1.2 1.1.1.3 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220 94.140.14.14 94.140.15.15 4.2.2.1 4.2.2.2 77.88.8.8 77.88.8.1 114.114.114.114 223.5.5.5 223.6.6.6 119.29.29.29 2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001 2620:fe::fe 2620:fe::9";
const shorteners =
  "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly cutt.ly rebrand.ly rb.gy shorturl.at tiny.cc v.gd s.id clck.ru lnkd.in trib.al dlvr.it amzn.to short.io t.ly bl.ink linktr.ee";
const hosts =
  "drive.google.com docs.google.com sites.google.com forms.gle dropbox.com mega.nz mega.io mediafire.com wetransfer.com we.tl onedrive.live.com 1drv.ms box.com icloud.com disk.yandex.ru pastebin.com archive.org archive.ph archive.is web.archive.org imgur.com i.imgur.com postimg.cc gofile.io anonfiles.com file.io transfer.sh justpaste.it issuu.com scribd.com slideshare.net pages.dev workers.dev herokuapp.com netlify.app vercel.app azurewebsites.net cloudfront.net amazonaws.com s3.amazonaws.com wixsite.com weebly.com";
const sites =
  "google.com youtube.com gmail.com amazon.com apple.com microsoft.com live.com outlook.com hotmail.com bing.com yahoo.com proton.me protonmail.com wikipedia.org en.wikipedia.org baidu.com qq.com yandex.ru mail.ru duckduckgo.com cloudflare.com paypal.com netflix.com zoom.us play.google.com apps.apple.com maps.google.com translate.google.com web.telegram.org web.whatsapp.com chat.whatsapp.com raw.githubusercontent.com gist.github.com m.facebook.com l.facebook.com mobile.twitter.com m.youtube.com old.reddit.com";

const plain = [...Object.values(platformDomains).flat(), ...`${shorteners} ${hosts} ${sites}`.split(" ")];
const domains = new Set(plain.flatMap((domain) => [domain, `www.${domain}`]));
const addresses = new Set(resolvers.split(" ").map((address) => `${address}/${address.includes(":") ? 128 : 32}`));
const files = new Set([
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  // PDQ of a picture of one colour.
  "0".repeat(64),
  "f".repeat(64),
]);

/** Whether the canonical value is everyone's. */
export function isCommon(indicator: Indicator): boolean {
  const value = String(indicator.value);
  switch (indicator.type) {
    case "domain":
      return domains.has(value);
    case "ip":
      return addresses.has(value);
    case "hash":
      return files.has(value);
    case "url": {
      const host = /^(?:https|ftp):\/\/([^/?]+)\/$/.exec(value)?.[1];
      return (
        host !== undefined &&
        (domains.has(host) || addresses.has(`${host.replace(/^\[|\]$/g, "")}/${host.startsWith("[") ? 128 : 32}`))
      );
    }
    default:
      return false;
  }
}
