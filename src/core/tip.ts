/** The tip document (DESIGN.md, "The tip document"): its strict shape, and what the exchange derives from it. */
import * as z from "zod";
import { tlps } from "./audience.ts";
import { always, checkExtensions } from "./extensions.ts";
import { indicatorSchema } from "./indicators/registry.ts";
import { limits } from "./limits.ts";
import { country, day, digest, short, slug, text, time, uuid } from "./names.ts";

const basis = z
  .array(z.enum(["shared-infrastructure", "device", "timing", "content", "self-disclosed", "third-party-report"]))
  .max(6);
const procedure = z
  .string()
  .regex(/^(ook|disarm|x-[a-z0-9-]+):[A-Za-z0-9.]{1,32}$/, "Use ook:<number> or disarm:<id>.")
  .meta({ title: "procedure" });
const lang = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "Use a BCP 47 language tag.")
  .meta({ title: "BCP 47 tag" });
const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** A strict object that lets members beginning with `x-` through, of bounded size; its JSON Schema says so. */
export function open<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .looseObject(shape)
    .superRefine((value, context) => checkExtensions(value, (name) => Object.hasOwn(shape, name), context), always)
    .meta({ patternProperties: { "^x-.{0,62}$": {} }, additionalProperties: false });
}

/** What a list shows of the operation. */
const operationHeading = {
  id: uuid.describe("The operation's own id: several tips, by several partners, can be about one operation."),
  name: short,
  aliases: z.array(short).max(50).optional(),
  actor: short.optional(),
  summary: text.optional(),
  summary_lang: lang.optional(),
  first_seen: day.optional(),
  last_seen: day.optional(),
  origin: z.array(country).max(50).optional(),
  targets: z.array(country).max(250).optional(),
  languages: z.array(lang).max(50).optional(),
  assessment: open({
    actor_type: z.enum(["state", "state-linked", "commercial", "political", "criminal", "individual", "unknown"]),
    confidence: z.int().min(0).max(100).optional(),
  }).optional(),
};

const operationSchema = open({
  ...operationHeading,
  procedures: z.array(procedure).max(300).optional().describe("Online Operations Kill Chain (ook:), DISARM (disarm:)."),
  measures: z
    .array(
      open({
        what: z.string().regex(/^(accounts|pages|groups|channels|followers|members|posts|ad-spend|x-[a-z0-9-]{1,40})$/),
        platform: short.optional(),
        count: z.int().min(0).optional(),
        amount: amount.optional(),
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/)
          .optional(),
        approximate: z.boolean().optional(),
        text: z.string().max(2_000).optional(),
      }),
    )
    .max(500)
    .optional(),
  observations: z
    .array(open({ procedure: procedure.optional(), text: z.string().min(1).max(8_000), lang: lang.optional() }))
    .max(5_000)
    .optional(),
});

export const embargoSchema = open({
  until: time,
  no: z
    .array(z.enum(["publication", "enforcement", "user-notice"]))
    .min(1)
    .max(3),
}).describe("What must not happen before then.");

export const contactSchema = open({
  team: short.optional(),
  email: short.optional(),
  phone: short.optional(),
  hours: short.optional(),
  name: short.optional(),
});

export const handlingSchema = z
  .array(
    z.enum([
      "human-review",
      "no-publication",
      "no-source-attribution",
      "no-contact-with-subject",
      "no-law-enforcement",
    ]),
  )
  .max(5);

/**
 * Nothing may be done on such an indicator by itself: it is, or may be, somebody else's, or the tip asks for that, or the
 * exchange marked it.
 */
export const isForReview = (handling: readonly string[] | undefined, control: string | undefined, mark = 0): boolean =>
  control !== "operated" || mark > 0 || handling?.includes("human-review") === true;

/** How it stands with a tip, as its author alone is told: others do not see one that has ended. */
export const tipStates = ["live", "withdrawn", "suspended", "expired"] as const;
export type TipState = (typeof tipStates)[number];

/** As what is told of its indicators says it: nothing while it lives. */
export const endOf = ({ state }: { state?: string | null }): { state?: string } =>
  state && state !== "live" ? { state } : {};

export const askFor = z
  .array(z.enum(["investigate", "confirm", "preserve", "hold", "information"]))
  .min(1)
  .max(5);

export const relation = z.enum(["reply", "same-operation", "adds-to", "duplicates"]);
export const relationsSchema = z.array(open({ tip: uuid, relation })).max(100);

export const urgencies = ["routine", "priority", "urgent"] as const;

/** What a list shows of a tip as its author wrote it. */
const writtenHeading = {
  issued_at: time,
  tlp: z.enum(tlps).describe("Traffic Light Protocol 2.0; it decides whom the tip may be addressed to."),
  pap: z.enum(["red", "amber", "green", "clear"]).optional().describe("Permissible Actions Protocol."),
  embargo: embargoSchema.optional(),
  ask: open({
    for: askFor.describe("preserve is a request, not legal process; hold is advice, never binding."),
    urgency: z.enum(urgencies).optional(),
    respond_by: time.optional(),
    preserve_until: day.optional(),
  })
    .optional()
    .describe("What the author asks of the reader."),
  contact: contactSchema.optional(),
  basis: basis.optional().describe("What the attribution rests on."),
  sharing_basis: short.optional(),
};

export const tipHeading = { ...writtenHeading, operation: open(operationHeading) };

export const tipSchema = open({
  exchange: z.string().max(256).describe("The exchange's identity, its issuer URL."),
  tip: uuid.describe("Chosen by the author, at random."),
  version: z.int().min(1).describe("1, then one more with each revision."),
  from: slug.describe("The author."),
  ...writtenHeading,
  expires_at: time.optional().describe("Two years ahead at most, which is also the default."),
  handling: handlingSchema.optional(),
  relates_to: relationsSchema.optional(),
  references: z
    .array(open({ title: short, url: z.url().max(2_000).optional(), sha256: short.optional() }))
    .max(100)
    .optional(),
  operation: operationSchema,
  audience: digest.describe("SHA-256 of the decoded audience payload, base64url."),
  indicators: z.array(indicatorSchema).max(limits.indicators),
}).meta({ id: "TipDocument", description: "The payload of a tip. Members that are not listed begin with x-." });
export type TipDocument = z.infer<typeof tipSchema>;

/** What lists show: the document without its indicators and the operation's long lists. */
export function headingOf(document: TipDocument): Record<string, unknown> {
  const { indicators: _indicators, audience: _audience, operation, references: _references, ...rest } = document;
  const { measures: _measures, observations: _observations, procedures: _procedures, ...short } = operation;
  return { ...rest, operation: short };
}
