/**
 * The mirror's folder: one database, for its owner alone, and the lock of whoever syncs it. The lock is the system's own, held by
 * an open file: however its process ends, it is free.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync } from "node:fs";
import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { MirrorError } from "./mirror-error.ts";

const name = "mirror.sqlite";
const lockName = "sync.lock";
/** Milliseconds to wait for another process's transaction. */
const patience = 10_000;

/** Whether a mirror was made there. */
export const isMirror = (folder: string): boolean => existsSync(path.join(folder, name));

/** Node's own SQLite, looked for when it is needed: the rest of the package runs without. */
async function sqlite(): Promise<typeof import("node:sqlite")> {
  try {
    return await import("node:sqlite");
  } catch {
    throw new MirrorError(
      "no-sqlite",
      `A mirror needs Node 22.13 or later, which brings SQLite; this is Node ${process.versions.node}.`,
    );
  }
}

/** The folder is made where it is not there; one that holds something else is left alone. */
export async function openDatabase(folder: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await sqlite();
  if (existsSync(folder) && !isMirror(folder) && readdirSync(folder).some((file) => file !== lockName))
    throw new MirrorError(
      "not-a-mirror",
      `${folder} holds other things and no mirror: name an empty folder, or a new one.`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const file = path.join(folder, name);
  makePrivate(file);
  // Its companions (-wal, -shm) take its mode.
  return new DatabaseSync(file, { timeout: patience });
}

/** Held until it is released, or its process ends. */
export async function lockFolder(folder: string): Promise<() => void> {
  const { DatabaseSync } = await sqlite();
  const file = path.join(folder, lockName);
  makePrivate(file);
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new MirrorError(
      "busy",
      `Another process is syncing the mirror in ${folder}. Wait for it to end, or stop it.`,
    );
  }
  return () => lock.close();
}

function makePrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}
