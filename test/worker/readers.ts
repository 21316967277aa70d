/** Read tokens of the test world, and the doors that take them: walked, so that a new door is tested without being named. */
import { takesReadTokens } from "../../src/api/operation.ts";
import { operations } from "../../src/operations.ts";
import { ofTip, queryOf } from "./doors.ts";
import { type Answer, http } from "./http.ts";
import type { Member } from "./member.ts";

export const home = "203.0.113.7";

/** What is refused to everybody reads nothing. */
export const readingDoors = operations.filter((each) => takesReadTokens(each) && Object.keys(each.answers).length > 0);
export const otherDoors = operations.filter((each) => each.access !== "open" && !takesReadTokens(each));

/** With everything its path names filled in, and what it asks for besides. */
export const pathOf = (path: string, tip: string): string =>
  ofTip(path, tip)
    .replace(/\{(kid|purpose)\}/, "A".repeat(43))
    .replace(/\{(subscription|read_token)\}/, crypto.randomUUID())
    .replace(/\{\w+\}/g, "chirper") + queryOf(path);

export interface Reader {
  token: string;
  id: string;
  read(path: string, headers?: Record<string, string>): Promise<Answer>;
}

/** Made over the API; it reads from `home`. */
export async function reader(member: Member, asked: Record<string, unknown> = {}): Promise<Reader> {
  const { status, body } = await member.call("POST", "/v1/read-tokens", asked);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { token: body.token, id: body.read_token, read: (path, headers) => readBy(body.token, path, headers) };
}

export const readBy = (token: string, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  http("GET", path, { headers: { authorization: `Bearer ${token}`, "cf-connecting-ip": home, ...headers } });
