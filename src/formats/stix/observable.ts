/**
 * What an indicator looks for, twice: as the observable it is based on, with the id that STIX derives of it, and as the
 * comparisons of its pattern. An observable states what its id is made of, and of an account what a person knows it by.
 */
import type { Indicator } from "../../core/indicators/family.ts";
import { extended, present, type StixObject, stixTime } from "./extension.ts";
import { type Contributing, observableId } from "./uuid.ts";

/** An object path, and the text it must equal. */
export type Comparison = readonly [path: string, text: string];

/** The word of STIX's vocabulary for a platform, where it has one (account-type-ov). */
const accountTypes: Record<string, string> = { x: "twitter" };

/** As STIX spells hash algorithms; `x_pdq` is ours: STIX leaves the names of further algorithms to who uses them. */
const hashNames: Record<string, string> = { md5: "MD5", sha1: "SHA-1", sha256: "SHA-256", pdq: "x_pdq" };

/**
 * Types that STIX has no observable for, and the members that name one of them. In paths and objects of our own `id` and the
 * like are spelt otherwise, since every STIX object has an `id` of its own.
 */
export const customPaths: Record<string, readonly (readonly [property: string, member: string])[]> = {
  "x-tipoff-post": [
    ["platform", "platform"],
    ["post_id", "id"],
  ],
  "x-tipoff-email": [["digest", "digest"]],
  "x-tipoff-phone": [
    ["value", "value"],
    ["digest", "digest"],
  ],
  "x-tipoff-app": [
    ["store", "store"],
    ["app_id", "id"],
  ],
  "x-tipoff-wallet": [
    ["chain", "chain"],
    ["address", "id"],
  ],
  ...Object.fromEntries(
    ["hashtag", "phrase", "name"].map((type) => [
      `x-tipoff-${type}`,
      [
        ["value", "value"],
        ["digest", "digest"],
      ] as const,
    ]),
  ),
};

/** The properties of an object of our own making, as the indicator has them. */
function customOf(indicator: Indicator): { type: string; properties: [string, string][] } {
  const type = `x-tipoff-${indicator.type}`;
  const properties = customPaths[type]!.flatMap(([property, member]): [string, string][] =>
    indicator[member] === undefined ? [] : [[property, String(indicator[member])]],
  );
  return { type, properties };
}

const single = (value: string): string => value.replace(value.includes(":") ? /\/128$/ : /\/32$/, "");
const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** Those types of indicators that have an observable. */
export const observed: ReadonlySet<string> = new Set(["account", "post", "url", "domain", "ip", "hash", "email"]);

/** The indicator is canonical and of a type that is `observed`. */
export function observableOf(indicator: Indicator): StixObject {
  const make = (type: string, contributing: Contributing, rest: Record<string, unknown> = {}): StixObject => ({
    type,
    spec_version: "2.1",
    id: observableId(type, contributing),
    ...present(contributing),
    ...present(rest),
  });
  switch (indicator.type) {
    case "account":
      return make("user-account", accountOf(indicator), {
        display_name: indicator.display_name,
        account_created: stixTime(text(indicator.created_at)),
        ...(indicator.kind !== undefined || indicator.url !== undefined
          ? { extensions: extended({ kind: indicator.kind, url: indicator.url }) }
          : {}),
      });
    case "ip":
    case "domain":
    case "url": {
      const [type, value] = singleValueOf(indicator);
      return make(type, { value });
    }
    case "hash":
      return make("file", {
        hashes: { [hashNames[String(indicator.algorithm)]!]: String(indicator.value) },
        name: text(indicator.filename),
      });
    default: {
      if (indicator.type === "post" && indicator.url !== undefined)
        return make("url", { value: String(indicator.url) });
      if (indicator.type === "email" && indicator.value !== undefined)
        return make("email-addr", { value: String(indicator.value) });
      // A post without its address, an e-mail address that only its digest tells.
      const { type, properties } = customOf(indicator);
      return make(type, Object.fromEntries(properties), { extensions: extended({}, "new-sco") });
    }
  }
}

/** Of what is one value: the type of its observable, and the value there. */
function singleValueOf({ type, value }: Indicator): [type: string, value: string] {
  if (type !== "ip") return [type === "domain" ? "domain-name" : "url", String(value)];
  const address = single(String(value));
  return [address.includes(":") ? "ipv6-addr" : "ipv4-addr", address];
}

const accountOf = ({ platform, id, handle }: Indicator): Contributing => ({
  account_type: platform === "*" ? undefined : (accountTypes[String(platform)] ?? String(platform)),
  user_id: text(id),
  account_login: text(handle),
});

/** What the pattern compares, all of it. An account is told by its id where that is known: handles pass to others. */
export function comparisonsOf(indicator: Indicator): Comparison[] {
  switch (indicator.type) {
    case "account": {
      const { account_type, user_id, account_login } = accountOf(indicator) as Record<string, string | undefined>;
      return [
        ...(account_type === undefined ? [] : [["user-account:account_type", account_type] as const]),
        user_id === undefined ? ["user-account:account_login", account_login!] : ["user-account:user_id", user_id],
      ];
    }
    case "hash": {
      const name = hashNames[String(indicator.algorithm)]!;
      return [[`file:hashes.${/^\w+$/.test(name) ? name : `'${name}'`}`, String(indicator.value)]];
    }
    case "ip":
    case "domain":
    case "url": {
      const [type, value] = singleValueOf(indicator);
      return [[`${type}:value`, String(value)]];
    }
    case "post":
      if (indicator.url !== undefined) return [["url:value", String(indicator.url)]];
      break;
    case "email":
      if (indicator.value !== undefined) return [["email-addr:value", String(indicator.value)]];
  }
  const { type, properties } = customOf(indicator);
  return properties.map(([property, value]) => [`${type}:${property}`, value]);
}
