/** `GET /misp/manifest.json`, `GET /misp/embargoed/manifest.json` */
import * as z from "zod";
import { inChunks } from "../api/body.ts";
import { judgeAgain } from "../api/door.ts";
import { type Operation, operation } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import { ok } from "../core/result.ts";
import type { Sight } from "../exchange/read-sights.ts";
import { placeOfNewest, streamSights } from "../exchange/stream-sights.ts";
import { encoded } from "../formats/chunks.ts";
import { eventUuid } from "../formats/misp/uuid.ts";
import { entryOf } from "./event-of-sight.ts";
import { common, type Root, tipsAlone } from "./roots.ts";
import { sampleEntry, sampleUuid } from "./sample.ts";

export const mispEntry = z.strictObject({
  Orgc: z.strictObject({ name: z.string(), uuid: z.uuid() }),
  Tag: z.array(z.strictObject({ name: z.string(), colour: z.string() })),
  info: z.string(),
  date: z.iso.date(),
  analysis: z.literal("2"),
  threat_level_id: z.literal("4"),
  timestamp: z.string().describe("Seconds. A MISP that has the event fetches it again only where this is greater."),
});

export const manifestAt = ({ path, suffix, embargoed }: Root): Operation =>
  operation({
    ...common,
    id: `readMispManifest${suffix}`,
    path: `${path}/manifest.json`,
    summary: "Read a MISP feed's manifest",
    description:
      "Of each tip that you may read, and of those that you had and may read no more, what a MISP decides by whether to fetch its event. Under `/misp/embargoed` also the tips under an embargo: what it forbids binds you. Of more events of the feed than the limit `misp` says only the newest count.",
    answers: {
      200: {
        description: "The manifest: by the UUID of the event.",
        schema: z.record(z.uuid(), mispEntry),
        example: { [sampleUuid]: sampleEntry() },
      },
    },
    async run({ context, exchange, caller }) {
      const { events, page_tips: most } = limits.misp;
      const opened = await streamSights(exchange, caller, {
        door: "misp",
        from: await placeOfNewest(exchange, caller, events),
        options: { ...tipsAlone, most, embargoed, ends: true },
        judge: judgeAgain(caller, "tips:read"),
      });
      if (!opened.ok) return opened;
      const { sights, connection } = opened.value;
      const body = inChunks(
        encoded(manifestOf(exchange.url, sights())),
        connection,
        context.get("request_id"),
        caller.work,
      );
      return ok({ status: 200, body });
    },
  });

/** A tip whose sight moves meanwhile stands there twice: of two members of a name the last one counts (RFC 8259, section 4). */
async function* manifestOf(exchange: string, sights: AsyncIterable<Sight>): AsyncGenerator<string> {
  let before = "{";
  for await (const sight of sights) {
    yield `${before}"${eventUuid(sight.row.tip)}":${JSON.stringify(entryOf(exchange, sight, Date.now()))}`;
    before = ",\n";
  }
  yield before === "{" ? "{}" : "}";
}
