/** Whom a tip goes to, as options and as a sentence. An empty list is never taken for nobody: a script's unset variable makes one. */
import { type Envelope, readPayload } from "../core/envelope.ts";
import { readToken } from "../core/names.ts";
import { UsageError } from "./terminal.ts";

export interface Scope {
  to: string[];
  except: string[];
}

export const toHelp =
  "partner:…, group:…, platforms, research, law-enforcement, everyone; or nobody, which is you alone";

/** The options as an audience; undefined where there is no --to. */
export function scopeOf({ to, except }: { to?: string[]; except?: string[] }): Scope | undefined {
  if (except?.length === 0) throw new UsageError("--except is empty: name partners, or leave it out.");
  if (to === undefined) return undefined;
  if (to.length === 0) throw new UsageError("--to is empty. If nobody but you is to see it, say so: --to nobody");
  if (to.includes("nobody")) {
    if (to.length > 1) throw new UsageError("--to nobody stands alone.");
    return { to: [], except: except ?? [] };
  }
  const strange = to.filter((token) => !readToken(token));
  if (strange.length > 0) throw new UsageError(`--to does not know ${strange.join(", ")}: name ${toHelp}.`);
  return { to, except: except ?? [] };
}

export const requiredScope = (options: { to?: string[]; except?: string[] }): Scope => {
  const scope = scopeOf(options);
  if (!scope) throw new UsageError("Say who may see it: --to platforms, group:…, partner:…; --to nobody is you alone.");
  return scope;
};

export const scopeText = ({ to, except }: Scope): string =>
  to.length === 0 ? "nobody but you" : to.join(", ") + (except.length > 0 ? `, except ${except.join(", ")}` : "");

/** What a signed audience says. */
export function scopeIn(envelope: Envelope): Scope {
  const { to, except = [] } = readPayload(envelope.payload) as Partial<Scope>;
  return { to: to ?? [], except };
}

export const sameScope = (one: Scope, other: Scope): boolean =>
  (["to", "except"] as const).every((list) => [...one[list]].sort().join() === [...other[list]].sort().join());
