/**
 * What is observed, as members of our indicators: an observable's own properties, or the comparisons of a pattern, which name
 * the same. An object of a type we have none for is refused with that reason. Properties we have no member for are left out, and named.
 */
import type { Indicator } from "../../core/indicators/family.ts";
import { readText } from "../../core/indicators/guess.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Context } from "../reading.ts";
import { customPaths } from "./observable.ts";
import type { Equality } from "./read-pattern.ts";

export interface Observed {
  /** Not yet canonical: whether a tip takes them is for whoever knows what else is said of them. */
  members: (Record<string, unknown> & { type: string })[];
  /** `user-account:is_disabled`: properties that say nothing an indicator can. */
  ignored: string[];
}

type Read = (text: (property: string) => string | undefined, context: Context) => Observed["members"] | string;

const valued =
  (type: string): Read =>
  (text) => {
    const value = text("value");
    return value === undefined ? "It has no value." : [{ type, value }];
  };

/** Of the vocabulary of STIX, what is no account on a platform. */
const local = /^(unix|windows[- ]local|windows[- ]domain|ldap|tacacs|radius|nis|openid|kavi)$/;

const account: Read = (text, context) => {
  const type = text("account_type");
  if (type !== undefined && local.test(type)) return `An account of type ${type} is on no platform.`;
  const [id, handle] = [text("user_id"), text("account_login")];
  if (id === undefined && handle === undefined) return "It states neither an id nor a login.";
  const platform = type ?? context.platform ?? (id === undefined ? "*" : undefined);
  if (platform === undefined) return "Without account_type its platform is not known: say --platform.";
  const [name, created] = [text("display_name"), text("account_created")];
  return [
    {
      type: "account",
      platform,
      ...(id && { id }),
      ...(handle && { handle }),
      ...(name && { display_name: name }),
      ...(created && { created_at: created.replace(/T00:00:00(\.0+)?Z$/, "") }),
    },
  ];
};

const algorithms: Record<string, string> = { MD5: "md5", SHA1: "sha1", SHA256: "sha256", XPDQ: "pdq", PDQ: "pdq" };

const file =
  (names: readonly string[]): Read =>
  (text) => {
    const filename = text("name");
    const found = names.flatMap((property) => {
      const algorithm = algorithms[property.slice("hashes.".length).toUpperCase().replace(/[-_]/g, "")];
      const value = property.startsWith("hashes.") && algorithm ? text(property) : undefined;
      if (value === undefined) return [];
      return [
        { type: "hash", algorithm, value, ...(algorithm === "pdq" && { of: "image" }), ...(filename && { filename }) },
      ];
    });
    return found.length > 0 ? found : "It has no hash by MD5, SHA-1, SHA-256 or PDQ.";
  };

/** The page of an account or a post on a site we know is that account or post. */
const url: Read = (text, { sites }) => {
  const value = text("value");
  if (value === undefined) return "It has no value.";
  const read: Indicator | undefined = readText(value, sites);
  const named =
    read && (read.type === "account" || read.type === "post") && sites.domainsOf(String(read.platform)).length > 0;
  return [named ? read : { type: "url", value }];
};

const custom =
  (object: string): Read =>
  (text) => {
    const members = customPaths[object]!.flatMap(([property, member]) => {
      const value = text(property);
      return value === undefined ? [] : [[member, value]];
    });
    return [{ ...Object.fromEntries(members), type: object.slice("x-tipoff-".length) }];
  };

function readerOf(object: string, names: readonly string[]): Read | undefined {
  if (Object.hasOwn(customPaths, object)) return custom(object);
  switch (object) {
    case "ipv4-addr":
    case "ipv6-addr":
      return valued("ip");
    case "domain-name":
    // Of a widespread platform's own making, as the next but one.
    case "hostname":
      return valued("domain");
    case "email-addr":
      return valued("email");
    case "phone-number":
      return valued("phone");
    case "url":
      return url;
    case "user-account":
      return account;
    case "file":
    case "artifact":
      return file(names);
    default:
      return undefined;
  }
}

export const isObservable = (object: string): boolean => readerOf(object, []) !== undefined;

/** One object of which all of this holds. */
export function readEqualities(equalities: readonly Equality[], context: Context): Result<Observed, string> {
  const [first] = equalities;
  if (equalities.some(({ object }) => object !== first?.object))
    return err("It ties objects of several types together; alone they mean something else.");
  const stated = new Map<string, string>();
  for (const { property, text } of equalities) {
    const known = stated.get(property);
    if (known !== undefined && known !== text && !property.startsWith("x_"))
      return err(`It wants ${property} to equal two values at once.`);
    stated.set(property, text);
  }
  const read = readerOf(first!.object, [...stated.keys()]);
  if (!read) return err(`There is no type of indicator for ${first!.object}.`);
  const used = new Set<string>();
  const members = read((property) => {
    used.add(property);
    return stated.get(property);
  }, context);
  if (typeof members === "string") return err(members);
  const ignored = [...stated.keys()].filter((property) => !used.has(property));
  return ok({ members, ignored: ignored.map((property) => `${first!.object}:${property}`) });
}

/** Properties of every object, and those that only refer to others. */
const structure = /^(type|id|spec_version|defanged|object_marking_refs|created_by_ref|extensions|.*_refs?)$/;

/** An observable's own properties, as a pattern would name them. */
export function equalitiesOf(object: Record<string, unknown>): Equality[] {
  return Object.entries(object).flatMap(([name, value]): Equality[] => {
    if (structure.test(name)) return [];
    const make = (property: string, text: unknown): Equality[] =>
      typeof text === "string" || typeof text === "number" || typeof text === "boolean"
        ? [{ object: String(object.type), property, text: String(text) }]
        : [];
    return name === "hashes" && typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([hash, text]) => make(`hashes.${hash}`, text))
      : make(name, value);
  });
}
