/** `GET /misp/hashes.csv`, `GET /misp/embargoed/hashes.csv` */
import { inChunks } from "../api/body.ts";
import { judgeAgain } from "../api/door.ts";
import { type Operation, operation } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import { ok } from "../core/result.ts";
import type { Sight } from "../exchange/read-sights.ts";
import { placeOfNewest, streamSights } from "../exchange/stream-sights.ts";
import { encoded } from "../formats/chunks.ts";
import { hashesOf } from "../formats/misp/hashes.ts";
import { eventUuid } from "../formats/misp/uuid.ts";
import { common, type Root } from "./roots.ts";

export const hashesAt = ({ path, suffix, embargoed }: Root): Operation =>
  operation({
    ...common,
    id: `readMispHashes${suffix}`,
    path: `${path}/hashes.csv`,
    summary: "Read a MISP feed's hashes",
    description:
      "For a MISP that caches the feed: MD5 of each value, and the event it is in, of the tips that you may read and the manifest tells of. What the exchange marks (`disputed`, `undecided`, `appealed`) is left out: a line has no place for the mark, the event has. What cannot be made to its end breaks off.",
    answers: { 200: { description: "A line for each value: its MD5, a comma, the event's UUID.", type: "text/csv" } },
    async run({ context, exchange, caller }) {
      const opened = await streamSights(exchange, caller, {
        door: "misp",
        from: await placeOfNewest(exchange, caller, limits.misp.events),
        options: {
          most: limits.export.page_indicators,
          units: { tip: 0, indicator: 1 },
          embargoed,
          ends: false,
          documents: false,
        },
        judge: judgeAgain(caller, "tips:read"),
      });
      if (!opened.ok) return opened;
      const { sights, connection } = opened.value;
      const body = inChunks(encoded(linesOf(sights())), connection, context.get("request_id"), caller.work);
      return ok({ status: 200, type: "text/csv", body });
    },
  });

async function* linesOf(sights: AsyncIterable<Sight>): AsyncGenerator<string> {
  for await (const { row, indicators, marks } of sights) {
    const uuid = eventUuid(row.tip);
    // A hit in a MISP's cache says nothing but that there is one: what is marked is handed out with its mark, so not here.
    const unmarked = indicators.filter(({ ordinal }) => !marks.get(ordinal));
    for (const hash of hashesOf(unmarked.map(({ indicator }) => indicator))) yield `${hash},${uuid}\n`;
  }
}
