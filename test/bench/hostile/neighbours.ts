/**
 * Honest partners at a steady pace: each request is sent when its time has come, whether or not the one before is answered,
 * and its time runs from then until it succeeded, waits that the exchange asked for included. Nothing is left out of the figures.
 */
import { limits } from "../../../src/core/limits.ts";
import { questions } from "../mixed.ts";
import type { Partner } from "../partner.ts";
import { type Asked, Line } from "./line.ts";

export const kinds = ["page", "news", "match", "read", "submit"] as const;
export type Kind = (typeof kinds)[number];

/** One round of a neighbour: half is reading, as of who follows a feed. */
const round: readonly Kind[] = ["page", "match", "read", "submit", "news", "page", "read", "match", "submit", "news"];
const sizes = [10, 40, 100, 10, 500, 25, 200, 60];
const perSecond = 3;
const asked = 300;

export interface Timing {
  kind: Kind;
  milliseconds: number;
}

export class Neighbours {
  readonly timings: Timing[] = [];
  /** Tips for which there is a receipt. */
  readonly kept: string[] = [];
  /** What was not as it should be: a refusal that waiting did not mend, a broken connection. */
  readonly failures: string[] = [];
  /** Answers of 429 and 503 that waiting mended. */
  waits = 0;
  readonly #partners: readonly { partner: Partner; line: Line }[];
  #submitted = 0;

  constructor(partners: readonly Partner[]) {
    this.#partners = partners.map((partner, at) => ({
      partner,
      line: new Line(partner.url, `198.51.100.${at + 1}`, 16),
    }));
  }

  /** What there is to read before anything is measured: tips of all sizes by all neighbours. */
  async fill(tips: number): Promise<void> {
    for (let at = 0; at < tips; at++) await this.#once(at % this.#partners.length, "submit");
    if (this.failures.length > 0) throw new Error(this.failures[0]);
    this.timings.length = 0;
  }

  /** Sends for so long and waits for the last answer. */
  async run(seconds: number): Promise<void> {
    const began = performance.now();
    const running: Promise<void>[] = [];
    for (let at = 0; at < seconds * perSecond * this.#partners.length; at++) {
      const due = (at * 1_000) / (perSecond * this.#partners.length);
      const wait = due - (performance.now() - began);
      if (wait > 0) await pause(wait);
      const who = at % this.#partners.length;
      // Neighbours are at different places of the round.
      const kind = round[(Math.floor(at / this.#partners.length) + who * 3) % round.length]!;
      running.push(this.#once(who, kind));
    }
    await Promise.all(running);
  }

  async #once(who: number, kind: Kind): Promise<void> {
    const { partner, line } = this.#partners[who]!;
    const call = await this.#make(partner, kind);
    const began = performance.now();
    for (let attempt = 1; ; attempt++) {
      const { status, retryAfter, text } = await line.ask(call);
      if (status === 200 || status === 201) {
        this.timings.push({ kind, milliseconds: performance.now() - began });
        if (kind === "submit") this.kept.push((JSON.parse(text) as { tip: string }).tip);
        return;
      }
      if (!(status === 429 || status === 503) || attempt === 4 || retryAfter! > 10) {
        this.failures.push(`${kind}: ${status} ${text.slice(0, 300)}`);
        return;
      }
      this.waits++;
      await pause(retryAfter! * 1_000);
    }
  }

  async #make(partner: Partner, kind: Kind): Promise<Asked> {
    const authorization = await partner.token();
    const get = (path: string): Asked => ({ method: "GET", path, authorization });
    if (kind === "page") return get("/v1/feed?documents=true&limit=20");
    if (kind === "news") return get("/v1/feed?limit=100");
    if (kind === "read") return get(`/v1/tips/${this.kept[Math.floor(Math.random() * this.kept.length)]}`);
    if (kind === "match") {
      const body = JSON.stringify({ questions: questions(asked, 1_000) });
      return { method: "POST", path: "/v1/match", authorization, body };
    }
    const count = sizes[this.#submitted++ % sizes.length]!;
    const { body } = await partner.submission(count, ["platforms"]);
    return { method: "POST", path: "/v1/tips", authorization, body };
  }

  /** The tips that each neighbour's feed tells of as published, in order; an author is told of its own too. */
  async feeds(): Promise<string[][]> {
    const feeds: string[][] = [];
    for (const { partner, line } of this.#partners) {
      const tips: string[] = [];
      for (let after = "", more = true; more; ) {
        const path = `/v1/feed?limit=${limits.page}${after && `&after=${after}`}`;
        const answer = await line.ask({ method: "GET", path, authorization: await partner.token() });
        if (answer.status !== 200) throw new Error(`The feed answered ${answer.status}.`);
        const page = JSON.parse(answer.text) as {
          events: { type: string; tip: string }[];
          next: string;
          more: boolean;
        };
        tips.push(...page.events.filter(({ type }) => type === "published").map(({ tip }) => tip));
        ({ next: after, more } = page);
      }
      feeds.push(tips);
    }
    return feeds;
  }

  close(): void {
    for (const { line } of this.#partners) line.close();
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
