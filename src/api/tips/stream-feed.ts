/** `GET /v1/stream`: the feed as server-sent events (HTML Living Standard, section 9.2). */
import * as z from "zod";
import { followFeed, type Piece } from "../../exchange/follow-feed.ts";
import { event } from "../answers/tips.ts";
import { asTheyCome } from "../body.ts";
import { judgeAgain } from "../door.ts";
import { operation } from "../operation.ts";
import { cursor, flag } from "../parameters.ts";
import { next, told } from "./read-feed.ts";

/** Events read at a time: also the most that wait in a worker's memory to be fetched. */
const limit = 100;

/** A comment is passed over by who reads events. */
const textOf = (piece: Piece): string =>
  piece ? `id: ${piece.cursor}\nevent: ${piece.event.type}\ndata: ${JSON.stringify(piece.event)}\n\n` : ":\n\n";

export const streamFeedOperation = operation({
  id: "streamFeed",
  method: "GET",
  path: "/v1/stream",
  tag: "Tips",
  access: "tips:read",
  summary: "Follow the feed as it happens",
  description:
    "Server-sent events: `id` is the cursor behind the event that `data` holds. It ends with your token: go on with `Last-Event-ID`.",
  query: z.strictObject({
    after: cursor,
    documents: flag,
  }),
  answers: {
    200: {
      description: "Events.",
      type: "text/event-stream",
      each: event,
      example: textOf({ event: told, cursor: next }),
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
    const { pieces, place } = opened.value;
    return {
      ok: true,
      value: {
        status: 200,
        type: "text/event-stream",
        // Some proxies keep an answer back until it is whole, unless they are told not to.
        headers: { "x-accel-buffering": "no" },
        body: asTheyCome(pieces(), textOf, place, context.get("request_id")),
      },
    };
  },
});
