/**
 * What TAXII 2.1 (OASIS Standard, 10 June 2021) demands of a server, a row for each sentence with MUST that applies to one
 * that only reads. TLS (8.2.2) is the platform's. Of `identifier` (section 2) the form is held: ids of collections are made
 * once for ever without being stored.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { keepOnSchedule } from "../../src/taxii/keep-observables.ts";
import { type Answer, http } from "./http.ts";
import type { Member } from "./member.ts";
import { all, get, taxiiType } from "./taxii-client.ts";
import { enrol, exchangeNow, freshWorld, group } from "./world.ts";

let chirper: Member;
let facepage: Member;
let indicator: string;
let observable: string;
let withdrawn: string;

beforeAll(async () => {
  await freshWorld();
  chirper = await enrol("chirper", "platform");
  facepage = await enrol("facepage", "platform");
  await group("cell", [chirper, facepage]);
  for (const value of ["one.example", "two.example"]) {
    await chirper.submit(["group:cell"], { tlp: "green", indicators: [{ type: "domain", value }] });
  }
  const gone = await chirper.submit(["platforms"], { indicators: [{ type: "ip", value: "203.0.113.9" }] });
  await keepOnSchedule(await exchangeNow());
  const { objects } = (await get(facepage, `${all}objects/`)).body;
  indicator = objects.find(({ type }: { type: string }) => type === "indicator").id;
  observable = objects.find(({ type }: { type: string }) => type === "domain-name").id;
  withdrawn = objects.find(({ pattern }: { pattern?: string }) => pattern?.includes("203.0.113.9")).id;
  await chirper.withdraw(gone.id);
});

const one = () => `${all}objects/${indicator}/`;
/** Every path that answers, with what its body holds. */
const paths = (): Record<string, string> => ({
  discovery: "/taxii2/",
  root: "/taxii2/tips/",
  collections: "/taxii2/tips/collections/",
  collection: all,
  manifest: `${all}manifest/`,
  objects: `${all}objects/`,
  object: one(),
  versions: `${one()}versions/`,
});
const dated = () => Object.entries(paths()).slice(4);
const micros = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const ask = (path: string, headers?: Record<string, string>) => get(facepage, path, headers);
const objectsOf = async (query: string): Promise<any[]> => (await ask(`${all}objects/?${query}`)).body.objects ?? [];
const statuses = async (queries: string[]) =>
  Promise.all(queries.map(async (query) => [query, (await ask(`${all}objects/?${query}`)).status]));
const alike = (queries: string[], status: number) => queries.map((query) => [query, status]);

/** The section, the sentence in short, and the check. */
const musts: [section: string, sentence: string, check: () => Promise<void>][] = [
  [
    "2",
    "a boolean is a literal",
    async () => {
      const { can_read, can_write } = (await ask(all)).body;
      expect([can_read, can_write]).toEqual([true, false]);
    },
  ],
  [
    "2",
    "an identifier has the form of a UUID of version 4",
    async () => {
      for (const { id } of (await ask("/taxii2/tips/collections/")).body.collections) {
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }
    },
  ],
  [
    "2",
    "a list is never empty",
    async () => {
      for (const list of ["objects", "manifest"]) {
        expect((await ask(`${all}${list}/?match[type]=malware`)).body).toEqual({});
      }
    },
  ],
  [
    "2",
    "a timestamp is RFC 3339 in UTC with microseconds",
    async () => {
      for (const { date_added } of (await ask(`${all}manifest/`)).body.objects) expect(date_added).toMatch(micros);
    },
  ],
  [
    "3.1",
    "the path ends in a slash (and answers without one too)",
    async () => {
      for (const path of Object.values(paths())) {
        expect((await ask(path.slice(0, -1))).body, path).toEqual((await ask(path)).body);
      }
    },
  ],
  [
    "3.1",
    "success has the body that the endpoint defines (each is held against its schema)",
    async () => {
      for (const [name, path] of Object.entries(paths())) expect((await ask(path)).status, name).toBe(200);
    },
  ],
  [
    "3.1",
    "every answer has the media type and its version",
    async () => {
      for (const path of [...Object.values(paths()), `${all}objects/?limit=0`, "/taxii2/nothing/"]) {
        expect((await ask(path)).headers.get("content-type"), path).toBe(taxiiType);
      }
      expect((await http("GET", "/taxii2/")).headers.get("content-type")).toBe(taxiiType);
    },
  ],
  [
    "3.1",
    "what may be accepted is not answered 406",
    async () => {
      for (const accept of [
        "application/taxii+json",
        "application/taxii+json;version=2.1",
        'application/taxii+json; version="2.1"',
        "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
        "application/taxii+json;version=2.1,application/stix+json;version=2.1",
        "application/*",
        "text/html, */*;q=0.1",
        "",
      ]) {
        expect((await ask(one(), { accept })).status, accept).toBe(200);
      }
    },
  ],
  [
    "3.1",
    "(MAY) what is not TAXII 2.1 is answered 406",
    async () => {
      for (const accept of [
        "application/taxii+json;version=2.0",
        "application/vnd.oasis.taxii+json; version=2.0",
        "application/json",
        "application/taxii+json;q=0",
      ]) {
        for (const path of Object.values(paths())) expect((await ask(path, { accept })).status, accept).toBe(406);
      }
    },
  ],
  [
    "3.2",
    "X-TAXII-Date-Added-First and -Last are those of the first and the last object",
    async () => {
      const { body, headers } = await ask(`${all}manifest/`);
      expect(headers.get("x-taxii-date-added-first")).toBe(body.objects[0].date_added);
      expect(headers.get("x-taxii-date-added-last")).toBe(body.objects.at(-1).date_added);
    },
  ],
  [
    "3.2",
    "all answers of the four endpoints have both headers",
    async () => {
      for (const [, path] of dated()) {
        for (const query of ["", "?match[spec_version]=2.0", "?added_after=2099-01-01T00:00:00.000000Z"]) {
          const { headers } = await ask(path + query);
          for (const name of ["x-taxii-date-added-first", "x-taxii-date-added-last"]) {
            expect(headers.get(name), path + query).toMatch(micros);
          }
        }
      }
    },
  ],
  [
    "3.3",
    "objects come in the order in which they were added",
    async () => {
      const dates = (await ask(`${all}manifest/`)).body.objects.map(({ date_added }: any) => date_added);
      expect(dates).toEqual(dates.toSorted());
      expect(new Set(dates).size).toBe(dates.length);
    },
  ],
  [
    "3.3",
    "collections come in the same order each time",
    async () => {
      expect((await ask("/taxii2/tips/collections/")).body).toEqual((await ask("/taxii2/tips/collections/")).body);
    },
  ],
  [
    "3.4",
    "malformed parameters are answered 400, and nothing malformed is read",
    async () => {
      const malformed = [
        ..."0 -1 1.5 abc 1e3".split(" ").map((limit) => `limit=${limit}`),
        "limit=",
        "added_after=yesterday",
        "added_after=2026-13-01T00:00:00Z",
        "next=abc",
        `next=${"A".repeat(144)}`,
        "match[type]=Indicator",
        "match[type]=",
        "match[id]=indicator",
        "match[version]=newest",
        "match[version]=2026-13-01T00:00:00.000Z",
        "match[spec_version]=two",
      ];
      expect(await statuses(malformed)).toEqual(alike(malformed, 400));
    },
  ],
  [
    "3.4",
    "(MAY) a filter that is not known is refused, not passed over",
    async () => {
      const unknown = ["match[name]=x", "match=x", "per_page=3"];
      expect(await statuses(unknown)).toEqual(alike(unknown, 400));
    },
  ],
  [
    "3.4",
    "added_after, and each field of match, stands once",
    async () => {
      const twice = [
        "added_after=2026-01-01T00:00:00Z&added_after=2026-01-01T00:00:00Z",
        "match[type]=indicator&match[type]=campaign",
      ];
      expect(await statuses(twice)).toEqual(alike(twice, 400));
    },
  ],
  [
    "3.4",
    "only what was added after added_after is given",
    async () => {
      const { objects } = (await ask(`${all}manifest/`)).body;
      for (const at of [0, 3, objects.length - 2]) {
        expect((await ask(`${all}manifest/?added_after=${objects[at].date_added}`)).body.objects).toEqual(
          objects.slice(at + 1),
        );
      }
      expect((await ask(`${all}manifest/?added_after=${objects.at(-1).date_added}`)).body).toEqual({});
    },
  ],
  [
    "3.4",
    "without it the oldest come first",
    async () => {
      const [first] = await objectsOf("limit=1");
      expect((await objectsOf(""))[0]).toEqual(first);
    },
  ],
  [
    "3.4",
    "a limit is not exceeded; a larger one than there is gives all",
    async () => {
      const whole = await objectsOf("");
      for (const limit of [1, 2, 5, 9]) expect((await objectsOf(`limit=${limit}`)).length).toBeLessThanOrEqual(limit);
      expect(await objectsOf("limit=999999")).toEqual(whole);
    },
  ],
  [
    "3.4",
    "where there is more, `more` is true (and `next` is there), in manifests too",
    async () => {
      for (const list of ["objects", "manifest"]) {
        expect((await ask(`${all}${list}/?limit=3`)).body).toMatchObject({ more: true, next: expect.any(String) });
        expect((await ask(`${all}${list}/?limit=1000`)).body).not.toHaveProperty("next");
      }
    },
  ],
  [
    "3.4",
    "all fields of match hold together, the values of one in turn",
    async () => {
      const types = new Set((await objectsOf("match[type]=indicator,domain-name")).map(({ type }) => type));
      expect(types).toEqual(new Set(["indicator", "domain-name"]));
      expect(await objectsOf(`match[type]=campaign&match[id]=${indicator}`)).toEqual([]);
      expect(
        (await objectsOf(`match[type]=indicator&match[id]=${indicator},${observable}`)).map(({ id }) => id),
      ).toEqual([indicator]);
    },
  ],
  [
    "3.4.1",
    "match[id] gives those objects",
    async () => {
      const found = await objectsOf(`match[id]=${observable},${indicator}`);
      expect(found.map(({ id }) => id).sort()).toEqual([observable, indicator].sort());
    },
  ],
  [
    "3.4.1",
    "match[spec_version] gives no other, and without it the latest comes",
    async () => {
      expect(await objectsOf("match[spec_version]=2.0")).toEqual([]);
      expect(await objectsOf("match[spec_version]=2.0,2.1")).toEqual(await objectsOf(""));
      for (const { spec_version } of await objectsOf("")) expect(spec_version).toBe("2.1");
    },
  ],
  [
    "3.4.1",
    "a type of STIX that there is none of is no error",
    async () => {
      const types = "attack-pattern grouping malware note observed-data report sighting threat-actor process".split(
        " ",
      );
      const queries = types.map((type) => `match[type]=${type}`);
      expect(await statuses(queries)).toEqual(alike(queries, 200));
    },
  ],
  [
    "3.4.1",
    "match[version]: the latest by default; first, last and all; a time exactly",
    async () => {
      const [found] = await objectsOf(`match[id]=${indicator}`);
      for (const version of ["last", "first", "all", "first,last", found.modified, `first,${found.modified}`]) {
        expect(await objectsOf(`match[id]=${indicator}&match[version]=${version}`), version).toEqual([found]);
      }
      const dated = await objectsOf(`match[version]=${found.modified}`);
      expect(dated.map(({ id }) => id)).toContain(indicator);
      for (const { modified, created } of dated) expect(modified ?? created ?? found.modified).toBe(found.modified);
      expect(await objectsOf("match[version]=2020-01-01T00:00:00.000Z")).toEqual([]);
    },
  ],
  [
    "3.4.1",
    "no version stands twice, and `all` alone",
    async () => {
      const twice = ["match[version]=last,last", "match[version]=all,first"];
      expect(await statuses(twice)).toEqual(alike(twice, 400));
    },
  ],
  [
    "3.4.1",
    "the version of what has no `modified` is `created`",
    async () => {
      const { objects } = (await ask(`${all}manifest/?match[type]=marking-definition`)).body;
      const markings = await objectsOf("match[type]=marking-definition");
      expect(objects.map(({ version }: any) => version)).toEqual(markings.map(({ created }) => created));
    },
  ],
  [
    "3.6.1",
    "an error has a title, and http_status is the status",
    async () => {
      const answers: Answer[] = [
        await http("GET", "/taxii2/"),
        await ask("/taxii2/none/"),
        await ask(`${all}objects/?limit=0`),
        await ask("/taxii2/", { accept: "text/html" }),
        await facepage.call("POST", `${all}objects/`, {}),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 404, 400, 406, 403]);
      for (const { status, body } of answers) {
        expect(body.title.length).toBeGreaterThan(5);
        expect(body.http_status).toBe(String(status));
      }
    },
  ],
  [
    "3.7",
    "STIX comes in an envelope, of one object too",
    async () => {
      expect(Object.keys((await ask(`${all}objects/`)).body)).toEqual(["objects"]);
      expect((await ask(one())).body.objects).toHaveLength(1);
    },
  ],
  [
    "4.1.1",
    "the default API root is one of them",
    async () => {
      const { api_roots, default: usual } = (await ask("/taxii2/")).body;
      expect(api_roots).toContain(usual);
    },
  ],
  [
    "4.1.1",
    "API roots are relative with one slash before, and have no query",
    async () => {
      for (const root of (await ask("/taxii2/")).body.api_roots) expect(root).toMatch(/^\/[a-z0-9]+\/[a-z]+\/$/);
    },
  ],
  [
    "4.2",
    "each API root has a URL of its own, and answers",
    async () => {
      const { api_roots } = (await ask("/taxii2/")).body;
      expect(new Set(api_roots).size).toBe(api_roots.length);
      for (const root of api_roots) expect((await ask(root)).status).toBe(200);
    },
  ],
  [
    "4.2.1",
    "`versions` says 2.1, `max_content_length` is above zero",
    async () => {
      const { versions, max_content_length } = (await ask("/taxii2/tips/")).body;
      expect(versions).toContain("application/taxii+json;version=2.1");
      expect(max_content_length).toBeGreaterThan(0);
    },
  ],
  [
    "4.3",
    "a status that there is not is 404",
    async () => {
      expect((await ask("/taxii2/tips/status/2d086da7-4bdc-4f91-900e-d77486753710/")).status).toBe(404);
    },
  ],
  [
    "5.1",
    "without authentication every endpoint is 401",
    async () => {
      for (const path of Object.values(paths())) {
        const { status, headers } = await http("GET", path, { headers: { accept: taxiiType } });
        expect([status, headers.get("www-authenticate") !== null], path).toEqual([401, true]);
      }
    },
  ],
  [
    "5.2.1",
    "an alias is of one collection in a root, and stands for its id",
    async () => {
      const { collections } = (await ask("/taxii2/tips/collections/")).body;
      expect(collections.map(({ alias }: any) => alias)).toEqual([
        "all",
        "tlp-red",
        "tlp-amber-strict",
        "tlp-amber",
        "tlp-green",
        "tlp-clear",
        "group-cell",
      ]);
      for (const { id, alias } of collections) {
        expect((await ask(`/taxii2/tips/collections/${alias}/`)).body).toEqual(
          (await ask(`/taxii2/tips/collections/${id}/`)).body,
        );
      }
    },
  ],
  [
    "5.2.1",
    "`media_types` has those of every object",
    async () => {
      const { media_types } = (await ask(all)).body;
      for (const { media_type } of (await ask(`${all}manifest/`)).body.objects)
        expect(media_types).toContain(media_type);
    },
  ],
  [
    "5.3",
    "the manifest is filtered by the objects it is of, and speaks of the same",
    async () => {
      for (const query of ["", "match[type]=indicator", `match[id]=${observable}`]) {
        const { objects } = (await ask(`${all}manifest/?${query}`)).body;
        expect(objects.map(({ id }: any) => id)).toEqual((await objectsOf(query)).map(({ id }) => id));
      }
    },
  ],
  [
    "5.4",
    "where nothing is found the envelope is empty",
    async () => {
      expect((await ask(`${all}objects/?match[type]=malware`)).body).toEqual({});
      expect((await ask(`${one()}?match[version]=2020-01-01T00:00:00.000Z`)).body).toEqual({});
    },
  ],
  [
    "5.5",
    "can_write is false: adding is 403 (and says why), as deleting is (5.7)",
    async () => {
      for (const answer of [
        await facepage.call("POST", `${all}objects/`, { objects: [] }, { "content-type": taxiiType }),
        await facepage.call("DELETE", one()),
      ]) {
        expect(answer.status).toBe(403);
        expect(answer.body.description).toContain("signed by their author");
      }
    },
  ],
  [
    "5.6",
    "an object is given by its STIX id, one that is not there is 404",
    async () => {
      expect((await ask(one())).body.objects[0].id).toBe(indicator);
      expect((await ask(`${all}objects/indicator--00000000-0000-4000-8000-000000000000/`)).status).toBe(404);
    },
  ],
  [
    "5.6",
    "no match but that of version is valid there",
    async () => {
      expect((await ask(`${one()}?match[type]=indicator`)).status).toBe(400);
    },
  ],
  [
    "5.8",
    "versions are those of the object; none is no list",
    async () => {
      const [{ modified }] = (await ask(one())).body.objects;
      expect((await ask(`${one()}versions/`)).body).toEqual({ versions: [modified] });
      expect((await ask(`${one()}versions/?match[spec_version]=2.0`)).body).toEqual({});
    },
  ],
  [
    "7.1.1",
    "names of our own properties are a-z, 0-9 and _ (of TAXII's resources there are none)",
    async () => {
      const known =
        "title description contact default api_roots versions max_content_length collections id alias can_read can_write media_types more next objects";
      for (const path of Object.values(paths())) {
        for (const name of Object.keys((await ask(path)).body)) expect(known.split(" ")).toContain(name);
      }
    },
  ],
  [
    "8.2.1",
    "discovery is at /taxii2/, and there is an API root at least",
    async () => {
      expect((await ask("/taxii2/")).body.api_roots.length).toBeGreaterThan(0);
    },
  ],
  [
    "8.2.1",
    "(SHOULD NOT) a request without User-Agent is not refused",
    async () => {
      expect((await ask("/taxii2/", { "user-agent": "" })).status).toBe(200);
    },
  ],
  [
    "B",
    "`next` is not trusted: of another reader, collection or filter it is 400",
    async () => {
      const { next } = (await ask(`${all}objects/?limit=3`)).body;
      expect((await ask(`${all}objects/?limit=5&next=${next}`)).status).toBe(200);
      for (const [member, path] of [
        [chirper, `${all}objects/?next=${next}`],
        [facepage, `/taxii2/tips/collections/tlp-green/objects/?next=${next}`],
        [facepage, `/taxii2/embargoed/collections/all/objects/?next=${next}`],
        [facepage, `${all}objects/?match[type]=indicator&next=${next}`],
      ] as const) {
        expect((await get(member, path)).status, path).toBe(400);
      }
    },
  ],
];

describe("TAXII 2.1", () => {
  test.each(musts)("%s: %s", (_section, _sentence, check) => check());

  test("an indicator of a tip that was withdrawn is there by its id, revoked and without content", async () => {
    const [found] = (await ask(`${all}objects/${withdrawn}/`)).body.objects;
    expect(found).toMatchObject({ id: withdrawn, revoked: true });
    expect(JSON.stringify(found)).not.toContain("203.0.113.9");
  });
});
