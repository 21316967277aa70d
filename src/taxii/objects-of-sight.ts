/** A sight as the STIX objects that it brings its reader, in order: what it may read now, or what it may read no more, revoked. */
import { sharedTipOf } from "../api/shared-tip-of.ts";
import type { Sight, SightRow } from "../exchange/read-sights.ts";
import type { StixObject } from "../formats/stix/extension.ts";
import { headObjects } from "../formats/stix/head.ts";
import { objectsOf } from "../formats/stix/indicator.ts";
import { revoked, revokedCampaign } from "../formats/stix/revoked.ts";
import { dateOf, type Spot } from "./dates.ts";
import { wordsOfSight } from "./words-of-sight.ts";

export interface Added {
  object: StixObject;
  /** `modified`, else `created`, else when it was added (section 5.3.1). */
  version: string;
  date_added: string;
}

/** An object, and where in which sight it stands. */
export interface Placed extends Added {
  spot: Spot;
  row: SightRow;
}

export function objectsOfSight(exchange: string, sight: Sight): Placed[] {
  const { row } = sight;
  const { at, whole } = row;
  const found = [...(row.ended ? ended(exchange, sight) : living(exchange, sight)), ...wordsOfSight(exchange, sight)];
  const isWhole = row.stop >= whole;
  return found.map(({ object, ...spot }, place) => ({
    object,
    version: (object.modified ?? object.created ?? at) as string,
    date_added: dateOf(at, whole, isWhole && place === found.length - 1 ? "last" : spot),
    spot,
    row,
  }));
}

export type Made = Spot & { object: StixObject };

function* living(exchange: string, sight: Sight): Generator<Made> {
  const { row, document, indicators } = sight;
  const { done, total, whole, tail } = row;
  const stop = Math.min(row.stop, whole - tail);
  const tip = sharedTipOf(exchange, sight, row.at);
  if (document) for (const [index, object] of headObjects(tip).entries()) yield { object, ordinal: -1, index };
  for (const { ordinal, indicator } of indicators) {
    for (const [index, object] of objectsOf(tip, ordinal, indicator).entries()) yield { object, ordinal, index };
  }
  // A version before this one had more, and the reader had them.
  for (let ordinal = Math.max(done, total); ordinal < stop; ordinal++) {
    yield { object: revoked(tip, ordinal), ordinal, index: 0 };
  }
}

function* ended(exchange: string, { row }: Sight): Generator<Made> {
  const past = { exchange, tip: row.tip, created: row.created, modified: row.at };
  if (row.done < 0) yield { object: revokedCampaign(past), ordinal: -1, index: 0 };
  for (let ordinal = Math.max(row.done, 0); ordinal < Math.min(row.stop, row.whole - row.tail); ordinal++) {
    yield { object: revoked(past, ordinal), ordinal, index: 0 };
  }
}
