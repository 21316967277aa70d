/** What a door asks for: tests that walk the operations ask each as it must be asked. */
import { eventUuid } from "../../src/formats/misp/uuid.ts";
import { idOf } from "../../src/formats/stix/ids.ts";
import { operation } from "./member.ts";

/** Besides its path. */
const queries: Record<string, string> = { "/v1/export": "?format=csv" };

export const queryOf = (path: string): string => queries[path] ?? "";

/** The object of TAXII that every tip has. */
export const campaignOf = (tip: string): string => idOf("campaign", tip, 0);

/** With what of the tip its path names. */
export const ofTip = (path: string, tip: string): string =>
  path
    .replace("{tip}", tip)
    .replace("{operation}", operation)
    .replace("{file}", `${eventUuid(tip)}.json`)
    .replace("{root}/collections/{collection}", "tips/collections/all")
    .replace("{root}", "tips")
    .replace("{object}", campaignOf(tip));
