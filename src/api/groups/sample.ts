/** What the groups' operations share. */
import { slug } from "../../core/names.ts";

export const groupPath = { group: slug };
export const memberPath = { group: slug, partner: slug };

export const sampleGroup = { slug: "election-cell", name: "Election cell", mixed: false, open_roster: true };
