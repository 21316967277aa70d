import { eventUuid } from "../../src/formats/misp/uuid.ts";

/** What a door asks for besides its path: tests that walk the operations ask each as it must be asked. */
const queries: Record<string, string> = { "/v1/export": "?format=csv" };

export const queryOf = (path: string): string => queries[path] ?? "";

/** A path that names the tip, or what is made of it. */
export const ofTip = (path: string, tip: string): string =>
  path.replace("{tip}", tip).replace("{file}", `${eventUuid(tip)}.json`);
