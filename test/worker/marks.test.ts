/**
 * What the exchange says of an indicator is said at every door that hands it out, and its document stays as it was signed: the
 * operations themselves say which doors that are, so a new one is tested, or fails here until it is known what it tells.
 */
import { exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { markBits } from "../../src/core/marks.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { operations } from "../../src/operations.ts";
import { batch, sql } from "../../src/store/database.ts";
import { ofTip, queryOf } from "./doors.ts";
import { url } from "./http.ts";
import type { Draft, Member } from "./member.ts";
import { enrol, freshWorld, ground } from "./world.ts";

/** They hand out no indicator: descriptions, ids and hashes, records, what partners said. */
const without = [
  "readTaxii",
  "readTaxiiRoot",
  "listTaxiiCollections",
  "readTaxiiCollection",
  "readTaxiiStatus",
  "readTaxiiManifest",
  "readTaxiiVersions",
  "readMispManifest",
  "readMispManifestEmbargoed",
  "readMispHashes",
  "readMispHashesEmbargoed",
  "listAccesses",
  "listAcknowledgements",
  "listFeedback",
  "listHeard",
  "readStats",
  "listDisputes",
];
const doors = operations.filter(
  ({ id, access, isRefused, path }) =>
    (access === "tips:read" || access === "match") &&
    !isRefused &&
    !without.includes(id) &&
    !path.includes("subscription"),
);
const value = "harbour-7.example";
const signed = '{"type":"domain","value":"harbour-7.example","control":"operated"}';

let author: Member;
let reader: Member;
let tip: Draft;

beforeAll(async () => {
  await freshWorld();
  author = await enrol("chirper", "platform");
  reader = await enrol("facepage", "platform");
  const other = { type: "domain", value: "other.example", control: "operated" };
  const { id } = await author.submit(["platforms"], { indicators: [other] });
  // A second version, so that there is a difference to hand out.
  tip = await author.revise(id, ["platforms"], { indicators: [other, JSON.parse(signed)] });
  const mark = markBits.disputed | markBits.undecided | markBits.appealed;
  await batch(ground(), [sql`UPDATE indicator SET mark = ${mark} WHERE version = 2 AND ordinal = 1`]);
});

/** What the door answers; a stream as far as its first marks, or two seconds. */
async function told(method: string, path: string): Promise<string> {
  const worker = (exports as unknown as { default: Fetcher }).default;
  const response = await worker.fetch(
    new Request(url + path, {
      method,
      headers: { ...(await reader.authorization(method, path)), "content-type": "application/json" },
      ...(method !== "GET" && { body: JSON.stringify({ questions: [value] }) }),
    }),
  );
  const stream = response.body!.getReader();
  const decoder = new TextDecoder();
  const over = scheduler.wait(2_000).then(() => ({ done: true, value: undefined }));
  let text = "";
  while (!/stream/.test(path) || !text.includes("appealed")) {
    const piece = await Promise.race([stream.read(), over]);
    if (piece.done) break;
    text += decoder.decode(piece.value, { stream: true });
  }
  await stream.cancel().catch(() => {});
  return text;
}

test.each(doors.map(({ id, ...door }) => [id, door] as const))("%s", async (_id, { method, path }) => {
  const asked = ofTip(path.replace("{object}", idOf("indicator", tip.id, 1)), tip.id) + queryOf(path);
  const text = await told(method, asked);
  for (const mark of ["disputed", "undecided", "appealed"]) expect(text).toContain(mark);
});

test("the document is handed out as it was signed", async () => {
  const { body } = await reader.call("GET", `/v1/tips/${tip.id}`);
  expect(body.envelope).toEqual(tip.tip);
  expect(JSON.stringify(body.document.indicators[1])).toBe(signed);
  expect(body).toMatchObject({ marks: { disputed: [1], undecided: [1], appealed: [1] } });
  expect(body.marked).toEqual({ disputed: 1, undecided: 1, appealed: 1 });
});

test("a match says that a person must look, also where its control is operated", async () => {
  const { body } = await reader.call("POST", "/v1/match", { questions: [value, "other.example"] });
  expect(body.answers[0].hits[0]).toMatchObject({
    disputed: true,
    undecided: true,
    appealed: true,
    human_review: true,
  });
  expect(body.answers[1].hits[0]).toMatchObject({ human_review: false });
  expect(body.answers[1].hits[0].disputed).toBeUndefined();
  const rows = (await reader.call("GET", "/v1/indicators")).body.indicators;
  expect(rows.map(({ disputed, human_review }: any) => [disputed, human_review])).toEqual([
    [undefined, undefined],
    [true, true],
  ]);
});

test("a MISP blocks nothing of it, and STIX keeps its ids and says it in labels", async () => {
  const misp = JSON.parse(await told("GET", ofTip("/misp/{file}", tip.id)));
  expect(misp.Event.Attribute.map(({ to_ids }: { to_ids: boolean }) => to_ids)).toEqual([true, false]);
  const objects = JSON.parse(await told("GET", "/taxii2/tips/collections/all/objects/")).objects;
  const found = objects.find(({ id }: { id: string }) => id === idOf("indicator", tip.id, 1));
  expect(found.labels).toEqual(["control:operated", "human-review", "disputed", "undecided", "appealed"]);
});

test("an export says it in a column, as a list", async () => {
  const rows = (await told("GET", "/v1/export?format=ndjson"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.map(({ state, human_review }) => [state, human_review])).toEqual([
    [undefined, undefined],
    [["disputed", "undecided", "appealed"], "yes"],
  ]);
});
