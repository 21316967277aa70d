/** What a mirror refuses, as one error: `code` is the reason and what programs decide by; the message is a sentence for people. */

/**
 * `no-sqlite`: this Node has no `node:sqlite`. `not-a-mirror`: the folder holds something else. `busy`: another process syncs it.
 * `not-synced`: it was never read to the feed's end, so an answer could be wrong. `other-partner`: it is somebody else's.
 * `unreadable`: a file to be matched is of no form that can be read. `closed`: it was closed before.
 */
export type MirrorReason =
  | "no-sqlite"
  | "not-a-mirror"
  | "busy"
  | "not-synced"
  | "other-partner"
  | "unreadable"
  | "closed";

export class MirrorError extends Error {
  readonly code: MirrorReason;

  constructor(code: MirrorReason, message: string) {
    super(message);
    this.name = "MirrorError";
    this.code = code;
  }
}
