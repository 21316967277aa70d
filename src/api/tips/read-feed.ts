/** `GET /v1/feed` */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { awaitFeed } from "../../exchange/follow-feed.ts";
import { readFeed } from "../../exchange/read-feed.ts";
import { event, page } from "../answers/tips.ts";
import { judgeAgain } from "../door.ts";
import { examples } from "../examples.ts";
import { answer, operation } from "../operation.ts";
import { cursor, flag, limitParameter, wholeNumber } from "../parameters.ts";
import { sampleItem } from "./sample.ts";

const item = sampleItem();
export const next =
  "h-koM1heHOWFFnkZSioRVzz4P_APDlM2nXECUGSzRLD_R_18iJ9kuVkLr2g0Onb_4CvbNNefG5xE_gN2Geydh88jDEiIMBVlw196DoWGRaJ47fVZ_u99MlZLk86mRIUv1rgFAj7bLGh2ZM_V";
/** An event of the sample tip, as one is told of it. */
export const told = {
  id: "evt_1_4711",
  type: "published",
  at: "2026-11-23T13:40:02.118Z",
  tip: item.tip,
  version: item.version,
  from: item.from,
  through: item.through,
  for_you: item.for_you,
  urgency: "urgent",
  respond_by: "2026-11-23T14:45:00Z",
};

export const readFeedOperation = operation({
  id: "readFeed",
  method: "GET",
  path: "/v1/feed",
  tag: "Tips",
  access: "tips:read",
  summary: "Follow what happens to tips you may see",
  description:
    "Events in commit order, each once, none skipped: keep `next` and come back with it. An empty page may say `more`. News that is not content (withdrawn, recalled, suspended, expired) still reaches those it is addressed to.",
  query: z.strictObject({
    after: cursor,
    limit: limitParameter(limits.page, 100),
    documents: flag.describe(
      `Carry the signed documents; a page then ends at ${limits.page_bytes / 1e6} MB, with at least one.`,
    ),
    wait: wholeNumber(limits.waiting.wait_seconds).optional().describe("Seconds to wait for an event."),
  }),
  answers: {
    200: {
      description: "A page of events. `next` is always there.",
      schema: z.strictObject({ events: z.array(event), next: z.string(), more: page.more }),
      example: {
        events: [{ ...told, envelope: examples.tip, receipt: item.receipt }],
        next,
        more: false,
      },
    },
  },
  problems: ["old-cursor"],
  isOneReading: ({ req }) => req.query("wait") === undefined,
  async run({ exchange, caller, query: { after, limit, documents = false, wait } }) {
    const options = { after, limit, documents };
    if (wait === undefined) return answer(200, await readFeed(exchange, caller, options));
    const judge = judgeAgain(caller, "tips:read");
    return answer(200, await awaitFeed(exchange, caller, { ...options, judge }, wait));
  },
});
