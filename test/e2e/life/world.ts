/** The sample world on the real runtime, with what each partner reads it by: feed, API, matching, TAXII and a webhook. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { startRuntime } from "../../../scripts/runtime.ts";
import { seed } from "../../../scripts/seed.ts";
import { type Connection, connect } from "../../../src/client/connect.ts";
import { join } from "../../../src/client/join.ts";
import type { Profile } from "../../../src/client/profile.ts";
import { changeSubscription, makeSubscription } from "../../../src/client/subscriptions.ts";
import { verifyWebhook } from "../../../src/client/webhook.ts";
import { Mirror } from "../../../src/mirror/mirror.ts";
import { type Authorize, authorizer } from "../fuzz/authorize.ts";
import { freePort } from "../world.ts";
import { type Partner, partners } from "./model.ts";

/** Those whose endpoint is called; the sample agency may not subscribe. */
export const called: readonly Partner[] = ["chirper", "facepage", "observatory"];

interface Kept {
  id: string;
  type: string;
  modified: string;
  revoked?: boolean;
}

interface FeedPage {
  events: { type: string; tip: string }[];
  next: string;
  more: boolean;
}

/** Those who match at home too. */
export const mirroring: readonly Partner[] = ["facepage", "cyber-unit"];

/** One partner's tools, each with what it keeps. */
export class Reader {
  connection!: Connection;
  authorize!: Authorize;
  /** What its endpoint was called with, in order. */
  readonly hooked: string[] = [];
  subscription: { id: string; secret: string } | undefined;
  mirror: Mirror | undefined;
  #cursor = "";
  #added = "";
  readonly #objects = new Map<string, Kept>();
  readonly partner: Partner;
  readonly url: string;
  constructor(partner: Partner, url: string) {
    this.partner = partner;
    this.url = url;
  }

  async become(profile: Profile): Promise<void> {
    this.connection = await connect(profile);
    this.authorize = authorizer(this.connection);
  }

  /** Events since the last time. The cursor moves over what is hidden, so that it is not told late where it is opened up. */
  async news(): Promise<string[]> {
    const told: string[] = [];
    for (;;) {
      const at = `/v1/feed?limit=3${this.#cursor && `&after=${this.#cursor}`}`;
      const page = await this.connection.call<FeedPage>("GET", at);
      told.push(...page.events.map(({ type, tip }) => `${type} ${tip}`));
      this.#cursor = page.next;
      if (!page.more) return told;
    }
  }

  /** A status and the answer's JSON. */
  async get(at: string, accept = "application/json"): Promise<{ status: number; body: any; headers: Headers }> {
    const response = await fetch(this.url + at, { headers: { ...(await this.authorize("GET", at)), accept } });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** What a TAXII client has that keeps the latest of each object and comes back with the date it got to. */
  async objects(): Promise<ReadonlyMap<string, Kept>> {
    for (;;) {
      const at = `/taxii2/tips/collections/all/objects/?limit=50${this.#added && `&added_after=${this.#added}`}`;
      const { status, body, headers } = await this.get(at, "application/taxii+json;version=2.1");
      if (status !== 200) throw new Error(`${at}: ${status}`);
      for (const object of (body.objects ?? []) as Kept[]) {
        const known = this.#objects.get(object.id);
        if (!known || !(known.modified > object.modified)) this.#objects.set(object.id, object);
      }
      this.#added = headers.get("x-taxii-date-added-last") ?? this.#added;
      if (!body.more) return this.#objects;
    }
  }
}

export class World {
  readonly readers = new Map<Partner, Reader>();
  #runtime!: Awaited<ReturnType<typeof startRuntime>>;
  #steward!: Connection;
  #endpoint!: Server;
  readonly #state = mkdtempSync(path.join(tmpdir(), "tipoff-life-"));

  async start(): Promise<void> {
    this.#runtime = await startRuntime({
      state: this.#state,
      port: await freePort(),
      rate: 10_000_000,
      loopback: true,
    });
    const home = path.join(this.#state, "home");
    await seed(this.#runtime.url, this.#runtime.identity, home);
    const profile = (name: string) =>
      JSON.parse(readFileSync(path.join(home, "profiles", `${name}.json`), "utf8")) as Profile;
    this.#steward = await connect(profile("steward"));
    const hook = await this.#listen();
    for (const partner of partners) {
      const reader = new Reader(partner, this.#runtime.url);
      await reader.become(profile(partner));
      this.readers.set(partner, reader);
      if (mirroring.includes(partner)) reader.mirror = await Mirror.open(path.join(this.#state, "mirrors", partner));
      // So many lives in a minute would be held for the steward.
      await this.#steward.call("PATCH", `/v1/partners/${partner}`, { hold: "never" });
      if (!called.includes(partner)) continue;
      const made = await makeSubscription(reader.connection, { url: `${hook}/${partner}` });
      reader.subscription = { id: made.subscription, secret: made.secret };
    }
  }

  async stop(): Promise<void> {
    for (const { mirror } of this.readers.values()) mirror?.close();
    await this.#runtime.stop();
    this.#endpoint.close();
    rmSync(this.#state, { recursive: true, force: true });
  }

  reader(partner: Partner): Reader {
    return this.readers.get(partner)!;
  }

  tick(): Promise<void> {
    return this.#runtime.tick();
  }

  /** Time is moved where it is kept. */
  async sql(text: string, ...values: string[]): Promise<void> {
    await this.#runtime.database
      .prepare(text)
      .bind(...values)
      .run();
  }

  /** The partner's key is declared stolen since then; it goes on with a new one. */
  async compromise(partner: Partner, since: number): Promise<void> {
    const reader = this.reader(partner);
    const { kid } = reader.connection.profile;
    const invited = await this.#steward.call<{ code: string }>("POST", `/v1/partners/${partner}/invitations`, {});
    await reader.become((await join(this.#runtime.url, invited.code)).profile);
    await this.#steward.call("POST", `/v1/partners/${partner}/keys/${kid}/compromise`, {
      since: new Date(since).toISOString(),
    });
    // What a stolen key made is not called any more; changed under the new one, it is.
    if (reader.subscription)
      await changeSubscription(reader.connection, reader.subscription.id, { description: "Ours." });
  }

  /** One server for all; what does not verify is an error of the test. */
  async #listen(): Promise<string> {
    this.#endpoint = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      const { type, data } = JSON.parse(body);
      if (type === "challenge") return response.end(JSON.stringify({ challenge: data.challenge }));
      const reader = this.reader(request.url!.slice(1) as Partner);
      const verified = await verifyWebhook({ headers: request.headers, body }, reader.subscription!.secret);
      reader.hooked.push(verified.ok ? `${type} ${data.tip}` : verified.error);
      return response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => this.#endpoint.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#endpoint.address() as { port: number }).port}`;
  }
}
