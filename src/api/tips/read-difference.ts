/** `GET /v1/tips/{tip}/difference` */
import * as z from "zod";
import { indicatorSchema } from "../../core/indicators/registry.ts";
import { limits } from "../../core/limits.ts";
import { readDifference } from "../../exchange/read-difference.ts";
import { differenceCounts, indicatorItem, page } from "../answers/tips.ts";
import { answer, operation } from "../operation.ts";
import { cursor, limitParameter } from "../parameters.ts";
import { tipPath } from "./own-tip.ts";
import { sampleItem } from "./sample.ts";

const { tip, version, from, through, tlp, handling, embargo, disputed, undecided, appealed } = indicatorItem.shape;
const ordinal = z.int().min(0);
const indicator = indicatorSchema
  .optional()
  .describe("In canonical form; absent where it is past its validity, or yours to know no more.");

const change = z
  .strictObject({
    change: z.enum(["changed", "added", "removed"]),
    ordinal: ordinal.optional().describe("Its place in the current document's `indicators`."),
    indicator,
    disputed,
    undecided,
    appealed,
    before: z
      .strictObject({ ordinal, indicator })
      .optional()
      .describe("In the version before: the indicator for its author, and whoever was handed it, while that is kept."),
  })
  .meta({ id: "Change", description: "What a version changed, by one indicator." });

const sample = () => {
  const { tip, from, through, tlp, handling, embargo } = sampleItem();
  return { tip, version: 2, from, through, tlp, handling, embargo };
};
const site = { type: "domain", value: "harbour-news.example", control: "operated" };

export const readDifferenceOperation = operation({
  id: "readDifference",
  method: "GET",
  path: "/v1/tips/{tip}/difference",
  tag: "Tips",
  access: "tips:read",
  summary: "Read what a new version changed",
  description:
    "Against the version before: what is told otherwise, what was added, what was removed, in this order. Of a first version, and of one that began a tip anew after its end, there is none. What the version before said is kept for seven days. The reading is recorded.",
  at: tipPath,
  query: z.strictObject({ limit: limitParameter(limits.page, 200), after: cursor }),
  answers: {
    200: {
      description: "A page of changes.",
      schema: z.strictObject({
        tip,
        version,
        from,
        through,
        tlp,
        handling,
        embargo,
        difference: differenceCounts.optional(),
        changes: z.array(change),
        ...page,
      }),
      example: {
        ...sample(),
        difference: { added: 0, changed: 1, removed: 1 },
        changes: [
          {
            change: "changed",
            ordinal: 1,
            indicator: { ...site, role: "brand-site" },
            before: { ordinal: 1, indicator: site },
          },
          { change: "removed", before: { ordinal: 2 } },
        ],
        next: null,
        more: false,
      },
    },
  },
  problems: ["old-cursor", "version-conflict"],
  run: async ({ exchange, caller, at, query }) => answer(200, await readDifference(exchange, caller, at.tip, query)),
});
