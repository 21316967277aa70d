/** `GET /misp/{file}`, `GET /misp/embargoed/{file}`: one event */
import * as z from "zod";
import { inChunks } from "../api/body.ts";
import { give, type Operation, operation } from "../api/operation.ts";
import { limits } from "../core/limits.ts";
import { err, ok } from "../core/result.ts";
import { findSight } from "../exchange/find-sight.ts";
import type { Work } from "../exchange/work.ts";
import { encoded } from "../formats/chunks.ts";
import { eventTexts } from "../formats/misp/event-texts.ts";
import type { MispEvent } from "../formats/misp/format.ts";
import { readEventUuid } from "../formats/misp/uuid.ts";
import { eventOf, hadOf } from "./event-of-sight.ts";
import { mispEntry } from "./read-manifest.ts";
import { common, type Root } from "./roots.ts";
import { sampleEvent } from "./sample.ts";

/** Characters of one rich account, and of what takes back something of which is not known what it was. */
const charactersOf = { indicator: 1_600, taken: 2_200 };

export const eventAt = ({ path, suffix, embargoed }: Root): Operation =>
  operation({
    ...common,
    id: `readMispEvent${suffix}`,
    path: `${path}/{file}`,
    summary: "Read a tip as a MISP event",
    description:
      "Whole: what an earlier version gave you and this one does not is in it, marked `deleted`. Of a tip that you had and may read no more all of that is, and nothing else. docs/misp.md has the mapping.",
    at: { file: z.string().max(64).describe("The event's UUID, as the manifest has it, and `.json`.") },
    answers: {
      200: {
        description: "The event.",
        schema: z.strictObject({
          Event: mispEntry.extend({
            uuid: z.uuid(),
            published: z.literal(true),
            publish_timestamp: z.string(),
            Attribute: z.array(z.looseObject({ uuid: z.uuid(), type: z.string(), value: z.string() })),
            Object: z.array(z.looseObject({ uuid: z.uuid(), name: z.string() })),
            EventReport: z.array(z.looseObject({ uuid: z.uuid(), name: z.string(), content: z.string() })),
          }),
        }),
        example: sampleEvent(),
      },
    },
    find: async ({ at }) => (at.file.endsWith(".json") ? readEventUuid(at.file.slice(0, -".json".length)) : undefined),
    async run({ context, exchange, caller, found: marked }) {
      const refused = caller.work.allowed();
      if (refused) return err(refused);
      const found = await findSight(exchange, caller, "misp", marked, { embargoed, ends: true, documents: true });
      if (!found) return ok(undefined);
      const { sight, before } = found;
      const characters =
        sight.indicators.length * charactersOf.indicator + hadOf(sight, before).length * charactersOf.taken;
      const make = () => eventOf(exchange.url, sight, before, exchange.now);
      if (characters <= limits.large.answer_bytes) return give(200, make());
      // What is made is some times as much as a large body before it is judged; the text is never there as a whole.
      const busy = await caller.work.begin(characters / 4);
      if (busy) return err(busy);
      const event = make();
      caller.work.send(characters);
      const chunks = encoded(textsOf(event, caller.work));
      return ok({ status: 200, body: inChunks(chunks, heldBy(caller.work), context.get("request_id")) });
    },
  });

async function* textsOf(event: MispEvent, work: Work): AsyncGenerator<string> {
  try {
    yield* eventTexts(event);
  } finally {
    work.leave();
  }
}

/** Given up before anything was asked for, it is given up all the same. Its turn is kept as long, no longer. */
const heldBy = (work: Work): { isOver: boolean; until: number } => ({
  until: Date.now() + limits.answer_seconds * 1_000,
  get isOver() {
    return false;
  },
  set isOver(over) {
    if (over) work.leave();
  },
});
