/**
 * Two feeds of the same tips, those under an embargo in one alone, so that asking for them is a choice. An event is the same in
 * both: a MISP subscribes to one of them.
 */
import type { SightOptions } from "../exchange/read-sights.ts";

export interface Root {
  path: `/misp${string}`;
  /** Behind the names of its operations. */
  suffix: string;
  embargoed: boolean;
}

export const roots: readonly Root[] = [
  { path: "/misp", suffix: "", embargoed: false },
  { path: "/misp/embargoed", suffix: "Embargoed", embargoed: true },
];

export const common = { method: "GET", tag: "Other tools", access: "tips:read" } as const;

/** A tip counts as one, whatever it holds: of its indicators nothing is read. */
export const tipsAlone = { units: { tip: 1, indicator: 0 }, documents: false } as const satisfies Partial<SightOptions>;

/** MISP joins the feed's URL and a file's name by a slash: of a URL that ends in one come two. */
export const joined = (path: string): string => path.replace(/^(\/misp(?:\/embargoed)?)\/\/+/, "$1/");
