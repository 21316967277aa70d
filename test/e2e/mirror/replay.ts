/** An exchange's answers as they were at a moment, given again as often as they are asked for: a sync then costs no exchange. */
import type { Connection } from "../../../src/client/connect.ts";
import { listTips } from "../../../src/client/read-tip.ts";
import type { Mirror } from "../../../src/mirror/mirror.ts";

export interface Replay {
  fetch: typeof fetch;
  /** From now on nothing more happens: what was not asked for yet is an empty page of the feed. */
  freeze(): void;
  /** Tips of which a deletion was told, by the event that told of them. */
  acknowledged: Map<string, string>;
  /** Changes answers on their way; for what an exchange would never send. */
  change?: ((path: string, text: string) => Response | string) | undefined;
}

export function replay(): Replay {
  const given = new Map<string, { status: number; text: string }>();
  let frozen = false;
  const replaying: Replay = {
    acknowledged: new Map(),
    freeze: () => {
      frozen = true;
    },
    fetch: async (input, init) => {
      const { pathname, search } = new URL(String(input));
      const told = /^\/v1\/tips\/([^/]+)\/acknowledgements$/.exec(pathname);
      if (told && init?.method === "POST") {
        const { outcome, event } = JSON.parse(String(init.body)) as { outcome: string; event: string };
        if (outcome === "deleted") replaying.acknowledged.set(told[1]!, event);
        return new Response("{}");
      }
      if (init?.method !== "GET" || pathname === "/v1/stream") return fetch(input, init);
      const path = pathname + search;
      if (!given.has(path) && frozen && pathname === "/v1/feed")
        return new Response(
          JSON.stringify({ events: [], next: new URLSearchParams(search).get("after"), more: false }),
        );
      if (!given.has(path)) {
        const response = await fetch(input, init);
        const answer = { status: response.status, text: await response.text() };
        if (response.status >= 400) return new Response(answer.text, { status: answer.status });
        given.set(path, answer);
      }
      const { status, text } = given.get(path)!;
      const changed = replaying.change?.(path, text) ?? text;
      return typeof changed === "string" ? new Response(changed, { status }) : changed;
    },
  };
  return replaying;
}

export interface View {
  tips: string[];
  answers: string[][];
}

type Found = { hits: Hit[]; context: Hit[] };
type Hit = { tip: string; version: number; ordinal: number; how: string };
const placesOf = ({ hits, context }: Found): string[] =>
  [...hits, ...context.map((one) => ({ ...one, how: `context ${one.how}` }))]
    .map(({ tip, version, ordinal, how }) => `${tip} ${version} ${ordinal} ${how}`)
    .sort();

/** What a partner sees: its tips, and where its questions meet them. */
export async function viewOf(connection: Connection, questions: unknown[]): Promise<View> {
  const tips: string[] = [];
  for await (const { tip, version, digest } of listTips(connection)) tips.push(`${tip} ${version} ${digest}`);
  const { answers } = await connection.call<{ answers: Found[] }>("POST", "/v1/match", { questions });
  return { tips: tips.sort(), answers: answers.map(placesOf) };
}

export async function viewAtHome(mirror: Mirror, questions: unknown[]): Promise<View> {
  const answers = (await mirror.match(questions as string[])) as unknown as Found[];
  return {
    tips: mirror.tips().map(({ tip, version, digest }) => `${tip} ${version} ${digest}`),
    answers: answers.map(placesOf),
  };
}
