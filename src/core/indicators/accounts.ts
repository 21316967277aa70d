/**
 * Accounts and posts. An account is found by its stable id or a handle, present or former; `h:` holds each handle without its
 * platform, for questions that state none (platform "*"). Handles are taken over by others: two ids that differ never match.
 * A post lies under itself and under its author's keys.
 */
import * as z from "zod";
import { day, short } from "../names.ts";
import { err, ok } from "../result.ts";
import { foldHandle, isFolded, keyFor } from "./digest.ts";
import type { Family, Fault, Indicator, Sites, Verdict } from "./family.ts";
import { accountOfHost, isShortName, readPlatform, readProfileUrl } from "./platforms.ts";
import { orRefanged } from "./refang.ts";
import { readUrl } from "./url-form.ts";

const kinds = ["profile", "page", "group", "channel", "community", "event", "ad-account", "bot", "blog"] as const;
const link = z.string().min(4).max(2_000);
type Members = {
  platform: string;
  kind?: string;
  id?: string;
  handle?: string;
  former_handles?: string[];
  url?: string;
  author?: string;
  author_id?: string;
};
const members = (indicator: Indicator) => indicator as unknown as Members;

/** Where groups and people share one space of names, the kind decides nothing about handles. */
const oneNameSpace = new Set(["telegram", "vk", "ok", "whatsapp", "discord", "*"]);
/** Where every object has a number of its own, whatever it is. */
const oneIdSpace = new Set(["facebook", "instagram", "youtube", "*"]);

/** What a name or number is unique among: a group and a person may bear the same one. */
function spaceOf({ platform, kind }: Members): string | undefined {
  if (kind === undefined || kind === "event" || kind === "ad-account") return kind;
  if (kind === "group" || kind === "community" || (kind === "page" && platform === "vk")) return "group";
  return platform === "linkedin" && kind === "page" ? "page" : "profile";
}
function apart(a: Members, b: Members, shared: ReadonlySet<string>): boolean {
  const [one, other] = [spaceOf(a), spaceOf(b)];
  return one !== undefined && other !== undefined && one !== other && !shared.has(a.platform);
}

function accountKeys(platform: string, id: string | undefined, handles: readonly string[]): string[] {
  const found = id === undefined ? [] : [keyFor("ai", `${platform}:${id}`)];
  for (const handle of handles.length > 1 ? new Set(handles) : handles) {
    if (platform !== "*") found.push(keyFor("ah", `${platform}:${handle}`));
    found.push(keyFor("h", handle));
  }
  return found;
}
const handlesOf = ({ handle, former_handles }: Members): string[] => [
  ...(handle === undefined ? [] : [handle]),
  ...(former_handles ?? []),
];

function judgeAccounts(question: Members, candidate: Members): Verdict | undefined {
  if (question.platform !== candidate.platform && question.platform !== "*" && candidate.platform !== "*")
    return undefined;
  const exact: Verdict = { how: "exact", context: false };
  if (question.id !== undefined && candidate.id !== undefined) {
    return question.id === candidate.id && !apart(question, candidate, oneIdSpace) ? exact : undefined;
  }
  if (apart(question, candidate, oneNameSpace)) return undefined;
  if (question.handle !== undefined && question.handle === candidate.handle) return exact;
  const theirs = new Set(handlesOf(candidate));
  return handlesOf(question).some((handle) => theirs.has(handle))
    ? { how: "former-handle", context: false }
    : undefined;
}

const authorOf = ({ platform, author, author_id }: Members): Members => ({
  platform,
  ...(author_id !== undefined && { id: author_id }),
  ...(author !== undefined && { handle: author }),
});
/** Where posts are numbered anew by each author, the id holds the author too. */
const numberedByAuthor = new Set(["telegram", "odysee", "soundcloud"]);
function idOfPost({ platform, id, author, author_id }: Members): string | undefined {
  if (id === undefined || !numberedByAuthor.has(platform) || id.includes("/")) return id;
  const by = author ?? author_id;
  return by === undefined ? id : `${by}/${id}`;
}
const judgeAuthor = (account: Members, author: Members): Verdict | undefined =>
  judgeAccounts(account, author) && { how: "by-author", context: false };

/** The handle, bounded, or a fault. */
function readHandle(text: unknown, pointer: string, faults: Fault[]): string {
  const handle = foldHandle(String(text));
  if (handle === "" || /[/\s]/.test(handle))
    faults.push({ pointer, detail: "A handle is one word; URLs belong in url, names in display_name." });
  return handle;
}
const trimId = (text: unknown, pointer: string, faults: Fault[]): string => {
  const id = String(text).trim();
  if (id === "" || /\s/.test(id)) faults.push({ pointer, detail: "An id is not empty and holds no white space." });
  return id;
};

function canonicalise(indicator: Indicator, sites: Sites): ReturnType<Family["canonicalise"]> {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const found: Indicator = { ...indicator };
  const stated =
    indicator.platform === "*" && indicator.type === "account" ? "*" : readPlatform(String(indicator.platform), sites);
  if (stated === undefined)
    return err([{ pointer: "/platform", detail: "Name the platform, or the domain of the site." }]);
  found.platform = stated;
  if (indicator.url !== undefined) {
    const url = orRefanged(String(indicator.url), readUrl);
    if (!url.ok) return err([{ pointer: "/url", detail: url.error }]);
    found.url = url.value.href;
    const named = readProfileUrl(url.value.href, sites);
    if (named && named.platform !== stated && stated !== "*")
      warnings.push({ pointer: "/url", detail: `This URL is on ${named.platform}, not on ${stated}.` });
    // What the URL states is filled in where the document is silent.
    if (
      named?.type === "account" &&
      named.type === found.type &&
      named.platform === stated &&
      found.id === undefined &&
      found.handle === undefined
    ) {
      for (const key of ["id", "handle", "kind"]) if (named[key] !== undefined) found[key] ??= named[key];
    }
    if (named?.type === "post" && named.type === found.type && named.platform === stated) {
      for (const key of ["author", "author_id", "id"]) if (named[key] !== undefined) found[key] ??= named[key];
    }
  }
  for (const key of ["id", "author_id"])
    if (found[key] !== undefined) found[key] = trimId(found[key], `/${key}`, faults);
  for (const key of ["handle", "author"])
    if (found[key] !== undefined) found[key] = readHandle(found[key], `/${key}`, faults);
  if (Array.isArray(found.former_handles)) {
    found.former_handles = [
      ...new Set(found.former_handles.map((each, at) => readHandle(each, `/former_handles/${at}`, faults))),
    ];
  }
  if (found.type === "post") {
    if (faults.length === 0 && found.id !== undefined) found.id = idOfPost(members(found));
    if (found.id === undefined && found.url === undefined)
      faults.push({ pointer: "", detail: "State the post's id or its URL." });
  } else if (stated === "*") {
    if (found.handle === undefined || found.id !== undefined)
      faults.push({ pointer: "/platform", detail: "Without a platform an account has a handle, and no id." });
    warnings.push({
      pointer: "/platform",
      detail: "No platform: this meets only accounts of the same handle anywhere, and questions without one.",
    });
  } else if (found.id === undefined && found.handle === undefined) {
    faults.push({ pointer: "", detail: "State the account's id or its handle." });
  }
  return faults.length > 0 ? err(faults) : ok({ indicator: found, warnings });
}

/** A platform's short name, an id and a handle that nothing is folded or filled in of. */
function plainAccount(indicator: Indicator): Indicator | undefined {
  const { platform, id, handle, former_handles, url, author, author_id } = members(indicator);
  if (former_handles !== undefined || url !== undefined) return undefined;
  if (author !== undefined || author_id !== undefined) return undefined;
  if (typeof platform !== "string" || !isShortName(platform)) return undefined;
  if (id !== undefined && !(typeof id === "string" && /^[!-~]+$/.test(id))) return undefined;
  return handle === undefined || (typeof handle === "string" && isFolded(handle)) ? indicator : undefined;
}

export const accounts: Family = {
  types: ["account"],
  shape: {
    platform: short.describe("Its name, or the registrable domain of an unknown site."),
    kind: z.enum(kinds).optional(),
    id: short.optional().describe("The platform's stable id, as a string."),
    handle: short.optional().describe("With or without @; folded."),
    former_handles: z.array(short).max(20).optional(),
    display_name: short.optional(),
    created_at: day.optional(),
    followers: z.int().min(0).optional(),
    status: short.optional(),
    url: link.optional(),
  },
  canonicalise,
  plainForm: plainAccount,
  keys(indicator) {
    const account = members(indicator);
    return accountKeys(account.platform, account.id, handlesOf(account));
  },
  probes(question) {
    const { url } = members(question);
    const found = [...this.keys(question)];
    if (url !== undefined) found.push(keyFor("u", url));
    const host = url && URL.parse(url)?.hostname;
    if (host && accountOfHost(host)) found.push(keyFor("d", host));
    return found;
  },
  judge(question, candidate) {
    const account = members(question);
    if (candidate.type === "account") return judgeAccounts(account, members(candidate));
    if (candidate.type === "post") return judgeAuthor(account, authorOf(members(candidate)));
    if (account.url === undefined) return undefined;
    const same =
      candidate.type === "url"
        ? account.url
        : candidate.type === "domain"
          ? URL.parse(account.url)?.hostname
          : undefined;
    return same !== undefined && same === candidate.value ? { how: "exact", context: false } : undefined;
  },
  label({ platform, handle, id, url }) {
    return `${platform === "*" ? "" : `${platform}:`}${handle === undefined ? (id ?? url) : `@${handle}`}`;
  },
  places: ({ platform }) => (platform === "*" ? [] : [String(platform)]),
  validDays: 180,
};

export const posts: Family = {
  types: ["post"],
  shape: {
    platform: short,
    id: short.optional(),
    url: link.optional(),
    author: short.optional(),
    author_id: short.optional(),
  },
  canonicalise,
  keys(indicator) {
    const post = members(indicator);
    const author = authorOf(post);
    return [
      ...(post.id === undefined ? [] : [keyFor("po", `${post.platform}:${post.id}`)]),
      ...(post.url === undefined ? [] : [keyFor("u", post.url)]),
      ...accountKeys(post.platform, author.id, handlesOf(author)),
    ];
  },
  probes: (question) => posts.keys(question),
  judge(question, candidate) {
    const post = members(question);
    const other = members(candidate);
    if (candidate.type === "url")
      return post.url !== undefined && post.url === candidate.value ? { how: "exact", context: false } : undefined;
    if (candidate.type === "account") return judgeAuthor(authorOf(post), other);
    if (candidate.type !== "post") return undefined;
    if (post.url !== undefined && post.url === other.url) return { how: "exact", context: false };
    if (post.platform !== other.platform) return undefined;
    if (post.id !== undefined && post.id === other.id) return { how: "exact", context: false };
    return judgeAuthor(authorOf(post), authorOf(other));
  },
  label: ({ platform, id, url }) => `${platform}:${url ?? id}`,
  places: ({ platform }) => [String(platform)],
  validDays: 180,
};
