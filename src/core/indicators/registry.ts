/** All families of indicators: the schema of one indicator in a document, and the family's functions by type. */
import * as z from "zod";
import { always, checkExtensions } from "../extensions.ts";
import { country, day, short } from "../names.ts";
import { err, ok, type Result } from "../result.ts";
import { accounts, posts } from "./accounts.ts";
import { apps, wallets } from "./apps.ts";
import { contacts } from "./contacts.ts";
import type { Family, Fault, Indicator, Parsed, ProbeOptions, Sites, Verdict } from "./family.ts";
import { hashes } from "./hashes.ts";
import { ip } from "./ip.ts";
import { hashtags, names, phrases } from "./text.ts";
import { domains, urls } from "./web.ts";

const families: readonly Family[] = [
  accounts,
  posts,
  urls,
  domains,
  ip,
  hashes,
  contacts,
  apps,
  wallets,
  hashtags,
  phrases,
  names,
];

export const registry: ReadonlyMap<string, Family> = new Map(
  families.flatMap((family) => family.types.map((type) => [type, family] as const)),
);

const controls = [
  "operated",
  "compromised",
  "co-opted",
  "impersonated",
  "abused-service",
  "third-party",
  "unknown",
] as const;
const bases = ["shared-infrastructure", "device", "timing", "content", "self-disclosed", "third-party-report"] as const;
const role =
  /^(creator|amplifier|admin|brand-site|redirector|landing|c2|proxy|publisher|state-media|x-[a-z0-9-]{1,40})$/;
const prose = z.string().min(1).max(2_000);

/** The members every indicator may carry. */
export const commonShape = {
  control: z
    .enum(controls)
    .optional()
    .describe("Whose it is; unknown where not stated. Everything but operated is for human review."),
  role: z
    .string()
    .regex(role, "Use a listed role, or x- and a name.")
    .optional()
    .describe("What it did in the operation; or `x-` and a name."),
  confidence: z.int().min(0).max(100).optional().describe("Absent means not stated, never zero."),
  procedures: z
    .array(z.string().regex(/^(ook|disarm|x-[a-z0-9-]{1,40}):[A-Za-z0-9.]{1,32}$/, "Use ook:<number> or disarm:<id>."))
    .max(50)
    .optional(),
  persona: short.optional().describe("Ties indicators of one invented person across platforms."),
  first_seen: day.optional(),
  last_seen: day.optional(),
  reported_at: day.optional(),
  targets: z.array(country).max(250).optional(),
  lang: z
    .string()
    .max(64)
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "Use a BCP 47 language tag.")
    .meta({ title: "BCP 47 tag" })
    .optional(),
  translation: prose.optional(),
  note: prose.optional(),
  basis: z.array(z.enum(bases)).max(6).optional(),
  valid_until: day.optional().describe("When it leaves the index; each type has its default."),
} satisfies z.ZodRawShape;

const members = new Map(
  [...registry].map(([type, family]) => [
    type,
    new Set(["type", ...Object.keys(family.shape), ...Object.keys(commonShape)]),
  ]),
);
/** "ip" as a component's name: "IpIndicator". */
const componentOf = (type: string): string => `${type[0]!.toUpperCase()}${type.slice(1)}Indicator`;

const shapes = [...registry].map(([type, family]) =>
  z.looseObject({ type: z.literal(type), ...family.shape, ...commonShape }).meta({
    id: componentOf(type),
    patternProperties: { "^x-.{0,62}$": {} },
    additionalProperties: false,
  }),
);

/** One indicator as written in a document or a question; `x-` members may stand beside the listed ones. */
export const indicatorSchema: z.ZodType<Indicator> = z
  .discriminatedUnion("type", shapes as unknown as [(typeof shapes)[number]])
  .superRefine((value, context) => {
    const listed = members.get(value.type);
    // A type that is none is a fault of its own.
    if (listed) checkExtensions(value, (name) => listed.has(name), context);
  }, always)
  .meta({
    id: "Indicator",
    description: "One observable thing of the operation, by `type`.",
  }) as unknown as z.ZodType<Indicator>;

function familyOf(indicator: Indicator): Family {
  const family = registry.get(indicator.type);
  if (!family) throw new TypeError(`no family of type ${indicator.type}`);
  return family;
}

/** Canonical form of an indicator that fits the schema, and what is doubtful about it. */
export function canonicalise(indicator: Indicator, sites: Sites): Result<Parsed, Fault[]> {
  const family = registry.get(indicator.type);
  return family
    ? family.canonicalise(indicator, sites)
    : err([{ pointer: "/type", detail: "No such type of indicator." }]);
}

/**
 * Canonical form of an indicator that was without fault when the exchange accepted it: what `canonicalise` gives of it, mostly
 * sooner. What has faults all the same may come out as it is.
 */
export function canonicalAgain(indicator: Indicator, sites: Sites): Result<Indicator, Fault[]> {
  const plain = registry.get(indicator.type)?.plainForm?.(indicator);
  if (plain) return ok(plain);
  const parsed = canonicalise(indicator, sites);
  return parsed.ok ? ok(parsed.value.indicator) : parsed;
}

/** The keys a canonical indicator is stored under, each once, at least one. */
export function keysOf(indicator: Indicator): string[] {
  const keys = familyOf(indicator).keys(indicator);
  // Most have few, which differ.
  const [first, second, third] = keys;
  if (keys.length <= 3 && first !== second && first !== third && (second !== third || keys.length < 3)) return keys;
  return [...new Set(keys)];
}

/** The keys a canonical question probes; one may come twice. All of `keysOf` are among them; a URL's host key only with `on_host`. */
export const probesOf = (question: Indicator, sites: Sites, options: ProbeOptions = {}): string[] =>
  familyOf(question).probes(question, sites, options);

/** Whether a candidate answers the question, both canonical; undefined where it only shares a key. */
export const judge = (
  question: Indicator,
  candidate: Indicator,
  sites: Sites,
  options: ProbeOptions = {},
): Verdict | undefined => familyOf(question).judge(question, candidate, sites, options);

export const labelOf = (indicator: Indicator): string => familyOf(indicator).label(indicator);
export const placesOf = (indicator: Indicator, sites: Sites): string[] => familyOf(indicator).places(indicator, sites);
export const validDaysOf = (indicator: Indicator): number => familyOf(indicator).validDays;
