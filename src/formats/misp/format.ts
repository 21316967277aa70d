/** MISP's JSON as its core format draft (draft-dulaunoy-misp-core-format) and its feeds have it: what we write of it. */
import type { Tag } from "./tags.ts";

export interface MispAttribute {
  uuid: string;
  type: string;
  category: string;
  value: string;
  comment: string;
  to_ids: boolean;
  disable_correlation: boolean;
  /** "5": as the event. */
  distribution: string;
  timestamp: string;
  deleted: boolean;
  object_relation?: string;
  first_seen?: string;
  last_seen?: string;
  Tag?: Tag[];
}

export interface MispReference {
  uuid: string;
  object_uuid: string;
  referenced_uuid: string;
  relationship_type: string;
  timestamp: string;
}

export interface MispObject {
  uuid: string;
  name: string;
  "meta-category": string;
  description: string;
  template_uuid: string;
  template_version: string;
  comment: string;
  distribution: string;
  timestamp: string;
  deleted: boolean;
  first_seen?: string;
  last_seen?: string;
  Attribute: MispAttribute[];
  ObjectReference?: MispReference[];
}

export interface MispReport {
  uuid: string;
  name: string;
  content: string;
  distribution: string;
  timestamp: string;
  deleted: boolean;
}

/** What `manifest.json` says of an event, under its UUID. */
export interface ManifestEntry {
  Orgc: { name: string; uuid: string };
  Tag: Tag[];
  info: string;
  date: string;
  analysis: string;
  threat_level_id: string;
  /** Seconds. A MISP that has the event fetches it again only where this is greater. */
  timestamp: string;
}

export interface MispEvent {
  Event: ManifestEntry & {
    uuid: string;
    published: boolean;
    publish_timestamp: string;
    Attribute: MispAttribute[];
    Object: MispObject[];
    EventReport: MispReport[];
  };
}

/** A MISP keeps of two writings the one with the greater time. */
export const secondsOf = (time: string): string => String(Math.floor(Date.parse(time) / 1000));
