/**
 * What a request asks for of a collection (TAXII 2.1, section 3.4). What cannot be understood is refused, unknown filters
 * too: one that is passed over would give more than was asked for.
 */
import * as z from "zod";
import { limits } from "../core/limits.ts";
import { parseTime } from "../core/time.ts";
import { type Moment, readMoment } from "./dates.ts";

const usual = 200;
const itemsOf = (text: string): string[] => text.split(",");

/** Values with commas between, each once. */
const list = (fits: (item: string) => boolean, detail: string) =>
  z
    .string()
    .refine((text) => itemsOf(text).every(fits), detail)
    .refine((text) => new Set(itemsOf(text)).size === itemsOf(text).length, "Give each value once.")
    .refine((text) => itemsOf(text).length <= limits.filter_values, `Give at most ${limits.filter_values} values.`);

const keywords = ["first", "last", "all"];
const stixTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

const version = list(
  (item) => keywords.includes(item) || (stixTime.test(item) && parseTime(item) !== undefined),
  "Use first, last, all or times of versions.",
)
  .refine((text) => text === "all" || !itemsOf(text).includes("all"), "Give `all` alone.")
  .optional()
  .describe("`first`, `last`, `all` or times: there is one version of each object at a time.");

const specVersion = list((item) => /^\d\.\d$/.test(item), "Use versions of STIX, like 2.1.")
  .optional()
  .describe("Only 2.1 is there.");

const paging = {
  added_after: z
    .string()
    .refine((text) => readMoment(text) !== undefined, "Use an RFC 3339 time.")
    .optional()
    .meta({ format: "date-time" })
    .describe("Added to what you may read later than this time."),
  limit: z
    .string()
    .regex(/^0*[1-9][0-9]{0,8}$/, "Use a whole number above zero.")
    .transform(Number)
    .pipe(z.int().min(1))
    .default(usual)
    .describe(`A page holds at most ${limits.page} objects, however many are asked for.`),
  next: z.string().min(1).max(300).optional().describe("The `next` of the page before, with the same filters. Opaque."),
};

/** Of manifests and objects (sections 5.3 and 5.4). */
export const collectionQuery = z.strictObject({
  ...paging,
  "match[id]": list((item) => /^[a-z0-9-]{1,64}--[0-9a-f-]{36}$/.test(item), "Use ids of STIX objects.").optional(),
  "match[type]": list((item) => /^[a-z0-9-]{1,64}$/.test(item), "Use types of STIX objects.").optional(),
  "match[version]": version,
  "match[spec_version]": specVersion,
});

/** Of one object (section 5.6). */
export const objectQuery = z.strictObject({ ...paging, "match[version]": version, "match[spec_version]": specVersion });

/** Of one object's versions (section 5.8). */
export const versionsQuery = z.strictObject({ ...paging, "match[spec_version]": specVersion });

export type Query = Partial<z.output<typeof collectionQuery>>;

export interface Filter {
  added_after?: Moment;
  ids?: readonly string[];
  types?: ReadonlySet<string>;
  /** Milliseconds: of these versions alone. */
  versions?: readonly number[];
  /** Nothing can fit. */
  isEmpty: boolean;
}

export function filterOf(query: Query): Filter {
  const { added_after, "match[id]": ids, "match[type]": types, "match[spec_version]": specs } = query;
  const versions = versionsOf(query["match[version]"]);
  return {
    ...(added_after !== undefined && { added_after: readMoment(added_after)! }),
    ...(ids !== undefined && { ids: itemsOf(ids) }),
    ...(types !== undefined && { types: new Set(itemsOf(types)) }),
    ...(versions && { versions }),
    isEmpty: specs !== undefined && !itemsOf(specs).includes("2.1"),
  };
}

/** First, last and all are the one there is. */
function versionsOf(text: string | undefined): number[] | undefined {
  const items = text === undefined ? [] : itemsOf(text);
  if (items.length === 0 || items.some((item) => keywords.includes(item))) return undefined;
  // Finer than a millisecond there is none.
  return items.filter((item) => !/\.\d{3}0*[1-9]/.test(item)).map((item) => parseTime(item)!);
}

export const limitOf = ({ limit = usual }: Query): number => Math.min(limit, limits.page);
