/**
 * The entry `tipoff/mirror`: what is exported here is public, and nothing else is. It runs in Node from 22.13 on, whose SQLite it
 * uses; the entry `tipoff` stays free of Node.
 */
export { type FileMatch, type FileMatched, type MatchFileOptions, matchFile } from "./match-file.ts";
export { Mirror } from "./mirror.ts";
export { MirrorError, type MirrorReason } from "./mirror-error.ts";
export type { Held } from "./store-lookups.ts";
export type { Progress, Synced, SyncOptions } from "./sync-options.ts";
