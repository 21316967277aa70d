/**
 * A file for a webhook's secret: its owner's alone (0600), there before the exchange is asked for what is shown but once, and
 * never one that holds something else. While a secret is rotated the file has both, the newest first, one a line.
 */
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isSecret } from "../core/webhook.ts";
import { UsageError } from "./terminal.ts";

export interface SecretFile {
  keep(secret: string): void;
  /** Nothing came of it: what was not there before is not there now. */
  forget(): void;
}

/** For the secret of a new subscription: there is no such file yet, or nothing in it. */
export function newSecretFile(file: string): SecretFile {
  // A run that was cut short leaves an empty one.
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
  try {
    writeFileSync(file, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === "EEXIST" ? `${file} is there already, and is not written over.` : `${file} cannot be written (${code}).`,
    );
  }
  return { keep: (secret) => writeFileSync(file, `${secret}\n`), forget: () => rmSync(file, { force: true }) };
}

/** For a secret that takes the place of others: the file holds nothing but secrets, or is not there yet. */
export function rotatedSecretFile(file: string, dropFormer: boolean): SecretFile {
  if (!existsSync(file) || statSync(file).size === 0) return newSecretFile(file);
  const [former] = readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
  if (former === undefined || !isSecret(former))
    throw new UsageError(`${file} holds something else than a webhook's secret, and is not written over.`);
  // Proves that it can be written beside, before the exchange is asked.
  const open = newSecretFile(`${file}.new`);
  chmodSync(file, 0o600);
  return {
    keep: (secret) => {
      open.keep(dropFormer ? secret : `${secret}\n${former}`);
      renameSync(`${file}.new`, file);
    },
    forget: open.forget,
  };
}
