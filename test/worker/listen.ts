/** A stream of the real Worker, read as it comes; every event is held against the reference. */
import { exports } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { type Answer, url } from "./http.ts";
import type { Member } from "./member.ts";
import { assertPromised } from "./promised.ts";

export interface Heard {
  id: string;
  event: string;
  data: any;
}

export class Listener {
  readonly status: number;
  readonly problem: any;
  readonly events: Heard[] = [];
  /** When comments came, and when the stream ended. */
  readonly comments: number[] = [];
  ended: number | undefined;
  broken: unknown;
  /** Everything that came. */
  text = "";
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(response: Response, problem: unknown, whole: (text: string) => void) {
    this.status = response.status;
    this.problem = problem;
    if (response.status !== 200) return;
    this.#reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    void this.#read(whole);
  }

  async #read(whole: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await this.#reader!.read();
        if (done) break;
        const text = decoder.decode(value, { stream: true });
        this.text += text;
        const blocks = (rest + text).split("\n\n");
        rest = blocks.pop()!;
        for (const block of blocks) this.#take(block, whole);
      }
    } catch (error) {
      this.broken = error;
    }
    this.ended = Date.now();
  }

  #take(block: string, whole: (text: string) => void): void {
    whole(block);
    if (block === ":") return void this.comments.push(Date.now());
    const [, id, event, data] = /^id: (\S+)\nevent: (\S+)\ndata: (.*)$/.exec(block)!;
    this.events.push({ id: id!, event: event!, data: JSON.parse(data!) });
  }

  get told(): [string, string][] {
    return this.events.map(({ data }) => [data.type, data.tip]);
  }

  /** Until it holds, or the time is over. */
  async until(holds: (listener: this) => boolean, ms = 5_000): Promise<boolean> {
    for (const end = Date.now() + ms; Date.now() < end; await scheduler.wait(10)) if (holds(this)) return true;
    return holds(this);
  }

  async close(): Promise<void> {
    await this.#reader?.cancel();
  }
}

let open: Listener[] = [];

/** After each test: ends what it has open, and gives it back its clock. */
export async function endListening(): Promise<void> {
  vi.useRealTimers();
  for (const listener of open) await listener.close().catch(() => {});
  open = [];
}

export async function listen(
  member: Member,
  query = "",
  headers: Record<string, string> = {},
  path = `/v1/stream${query}`,
): Promise<Listener> {
  const worker = (exports as unknown as { default: Fetcher }).default;
  const request = new Request(url + path, { headers: { ...(await member.authorization("GET", path)), ...headers } });
  const response = await worker.fetch(request);
  const answer = (body: unknown): Answer => ({ status: response.status, headers: response.headers, body });
  const problem = response.status === 200 ? undefined : await response.json();
  assertPromised("GET", path, answer(problem ?? ""));
  const listener = new Listener(response, problem, (text) => assertPromised("GET", path, answer(text)));
  open.push(listener);
  return listener;
}

/** Until it is open and has nothing more to read. */
export async function idle(...given: Parameters<typeof listen>): Promise<Listener> {
  const listener = await listen(...given);
  expect(await listener.until(({ comments }) => comments.length > 0)).toBe(true);
  for (let seen = ""; seen !== listener.text; await scheduler.wait(350)) seen = listener.text;
  return listener;
}

/** Puts the clock so many seconds ahead; it does not run by itself then. */
export function ahead(seconds: number): void {
  const at = Date.now() + seconds * 1_000;
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(at);
}
