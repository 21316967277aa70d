/** `GET /v1/stream`: the feed as server-sent events (HTML Living Standard, section 9.2). */
import * as z from "zod";
import { limits } from "../../core/limits.ts";
import { followFeed, type Piece } from "../../exchange/follow-feed.ts";
import { event } from "../answers/tips.ts";
import { asTheyCome } from "../body.ts";
import { judgeAgain } from "../door.ts";
import { operation } from "../operation.ts";
import { cursor, flag } from "../parameters.ts";
import { sampleItem } from "./sample.ts";

const { tip, version, from, through, for_you } = sampleItem();
const sample = {
  id: "evt_1_4711",
  type: "published",
  at: "2026-11-23T13:40:02.118Z",
  tip,
  version,
  from,
  through,
  for_you,
};
/** Events read at a time: also the most that wait in a worker's memory to be fetched. */
const limit = 100;

/** A comment is passed over by who reads events. */
const textOf = (piece: Piece): string =>
  piece ? `id: ${piece.cursor}\nevent: ${piece.event.type}\ndata: ${JSON.stringify(piece.event)}\n\n` : ":\n\n";

async function* textsOf(pieces: AsyncGenerator<Piece, void, undefined>): AsyncGenerator<string, void, undefined> {
  for await (const piece of pieces) yield textOf(piece);
}

export const streamFeedOperation = operation({
  id: "streamFeed",
  method: "GET",
  path: "/v1/stream",
  tag: "Tips",
  access: "tips:read",
  summary: "Be told what happens to tips you may see, as it happens",
  description: `The feed as server-sent events. Each has its kind as \`event\`, as \`data\` the JSON of the feed's event, and as \`id\` the cursor behind it: send the last one as the header \`Last-Event-ID\` (it outweighs \`after\`) and nothing is left out or comes twice. A comment about every ${limits.waiting.beat_seconds} seconds shows that the connection lives. It ends with your token, after ${limits.token_seconds / 60} minutes at the latest: open it again with a new one. It ends as well with your key, your purpose or the scope, and where an event is not fetched within ${limits.answer_seconds} seconds.`,
  query: z.strictObject({
    after: cursor,
    documents: flag.describe("Carry the signed documents."),
  }),
  answers: {
    200: {
      description: "Events as they happen.",
      type: "text/event-stream",
      each: event,
      example: `:\n\nid: h-koM1heHOWFFnkZSioRVzz4P_APDlM2nXECUGSzRLD_R_18iJ9kuVkLr2g0Onb_4CvbNNefG5xE_gN2Geydh88jDEiIMBVlw196DoWGRaJ47fVZ_u99MlZLk86mRIUv1rgFAj7bLGh2ZM_V\nevent: published\ndata: ${JSON.stringify(sample)}\n\n`,
    },
  },
  problems: ["old-cursor"],
  async run({ context, exchange, caller, query: { after, documents = false } }) {
    const opened = await followFeed(exchange, caller, {
      after: context.req.header("last-event-id") || after,
      limit,
      documents,
      judge: judgeAgain(caller, "tips:read"),
    });
    if (!opened.ok) return opened;
    const { pieces, end } = opened.value;
    return {
      ok: true,
      value: {
        status: 200,
        type: "text/event-stream",
        // Some proxies keep an answer back until it is whole, unless they are told not to.
        headers: { "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
        body: asTheyCome(textsOf(pieces), end, context.get("request_id")),
      },
    };
  },
});
