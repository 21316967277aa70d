/** Reading: the feed as an iterator that resumes from a cursor, and matching in requests of bounded size. */
import { limits } from "../core/limits.ts";
import type { Connection } from "./connect.ts";
import { ExchangeProblem } from "./problem.ts";

export interface FeedEvent {
  id: string;
  type: string;
  at: string;
  tip?: string;
  version?: number;
  from?: string;
  through?: string;
  for_you?: { indicators: number; ask?: string[]; respond_by?: string };
  urgency?: string;
  respond_by?: string;
  envelope?: { protected: string; payload: string; signature: string };
  receipt?: string;
}

/** Events after a cursor, page by page; `next` is where to go on. Ends where the feed does, unless `follow` waits (ms) for more. */
export async function* feed(
  connection: Connection,
  options: { after?: string; documents?: boolean; follow?: number } = {},
): AsyncGenerator<{ events: FeedEvent[]; next: string }> {
  let after = options.after;
  for (;;) {
    const query = new URLSearchParams({ ...(after && { after }), ...(options.documents && { documents: "true" }) });
    const page = await connection.call<{ events: FeedEvent[]; next: string; more: boolean }>(
      "GET",
      `/v1/feed?${query}`,
    );
    after = page.next;
    yield page;
    if (page.more) continue;
    if (options.follow === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, options.follow));
  }
}

export interface MatchAnswer {
  read_as?: Record<string, unknown>;
  unreadable?: string;
  hits: Record<string, never>[];
  context: Record<string, never>[];
  more_hits?: true;
}

/** Answers by position. Image hashes make 272 probes each, so a request holds at most 200 questions that could be one. */
export async function match(
  connection: Connection,
  questions: readonly (string | Record<string, unknown>)[],
  progress?: (done: number) => void,
): Promise<MatchAnswer[]> {
  const answers: MatchAnswer[] = [];
  const heavy = (question: string | Record<string, unknown>) =>
    typeof question !== "string" && question.type === "hash";
  let at = 0;
  while (at < questions.length) {
    let end = at;
    let probes = 0;
    while (end < questions.length && end - at < limits.questions && probes + 300 <= limits.probes)
      probes += heavy(questions[end++]!) ? 272 : 120;
    answers.push(...(await ask(connection, questions.slice(at, end))));
    at = end;
    progress?.(at);
  }
  return answers;
}

/** Texts may turn out to be images, so the estimate above can be short: what is too large is asked in halves. */
async function ask(
  connection: Connection,
  questions: readonly (string | Record<string, unknown>)[],
): Promise<MatchAnswer[]> {
  try {
    return (await connection.call<{ answers: MatchAnswer[] }>("POST", "/v1/match", { questions })).answers;
  } catch (error) {
    if (!(error instanceof ExchangeProblem && error.status === 413) || questions.length < 2) throw error;
    const middle = questions.length >> 1;
    return [
      ...(await ask(connection, questions.slice(0, middle))),
      ...(await ask(connection, questions.slice(middle))),
    ];
  }
}
