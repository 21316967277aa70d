/** What every family of indicators provides. Pure: no clock, no network; the site map is an argument. */
import type * as z from "zod";
import type { Result } from "../result.ts";

/** Which platform a host stands for, and back. The static table of `platforms.ts`, plus what partners registered. */
export interface Sites {
  /** The platform of a host ("x.com" -> "x"); an unknown site's registrable domain is the platform; undefined for no domain. */
  platformOf(host: string): string | undefined;
  /** Registered domains that stand for a platform ("facepage" -> ["facepage.example"]). */
  domainsOf(platform: string): readonly string[];
}

/** Members every indicator may carry beside those of its type (DESIGN.md, "The tip document"). Times RFC 3339, days YYYY-MM-DD. */
export interface Common {
  control?: "operated" | "compromised" | "co-opted" | "impersonated" | "abused-service" | "third-party" | "unknown";
  role?: string;
  confidence?: number;
  procedures?: string[];
  persona?: string;
  first_seen?: string;
  last_seen?: string;
  reported_at?: string;
  targets?: string[];
  lang?: string;
  translation?: string;
  note?: string;
  basis?: string[];
  valid_until?: string;
}

/** An indicator as it stands in a tip: the members of its family and the common ones. */
export type Indicator = Common & { type: string } & Record<string, unknown>;

/** One fault of a value, with the JSON pointer inside the indicator ("/value"). */
export interface Fault {
  pointer: string;
  detail: string;
}

/** Canonical form, and what is doubtful about the value (warnings never refuse). */
export interface Parsed {
  indicator: Indicator;
  warnings: Fault[];
}

/** How a question's key relates to what it asks. `judge` decides what really matched. */
export type How = "exact" | "in-range" | "parent-domain" | "on-host" | "former-handle" | "similar" | "by-author";

/** The verdict on one candidate. `context`: returned apart, never a hit by itself. */
export interface Verdict {
  how: How;
  /** Hamming distance of a similar image hash, 0-31. */
  distance?: number;
  context: boolean;
}

/** One file a family; `registry.ts` lists them all. */
export interface Family {
  readonly types: readonly string[];
  /** The strict shape of the family's members in a document, common members excluded. */
  readonly shape: z.ZodRawShape;
  /** Brings the members to canonical form; faults refuse the whole tip. Keeps the common members untouched. */
  canonicalise(indicator: Indicator, sites: Sites): Result<Parsed, Fault[]>;
  /**
   * The canonical form of an indicator in which `canonicalise` finds no fault, where that is plainly seen: the same as it gives, in
   * a fraction of the time. Undefined leaves it to `canonicalise`; of what has faults it says nothing.
   */
  plainForm?(indicator: Indicator): Indicator | undefined;
  /** The keys a canonical indicator is stored under (never empty; short type prefix and canonical value, SHA-256 past 64 bytes). */
  keys(indicator: Indicator): string[];
  /** The keys a canonical question probes. `prefixes`: the lengths in use, as `"4/24"`, "6/48" — or undefined for all of them. */
  probes(question: Indicator, sites: Sites, options: ProbeOptions): string[];
  /** Whether a candidate that shares a key with the question really answers it, and how. Undefined: it does not. */
  judge(question: Indicator, candidate: Indicator, sites: Sites, options: ProbeOptions): Verdict | undefined;
  /** The value on one line, for lists and spreadsheets. */
  label(indicator: Indicator): string;
  /** Platforms and registrable domains the indicator lies on ("x", "facepage"), for "for you". */
  places(indicator: Indicator, sites: Sites): string[];
  /** Days until the indicator leaves the index where it states no `valid_until`: 30 addresses, 180 accounts and contacts, 730 the rest. */
  readonly validDays: number;
}

export interface ProbeOptions {
  /** Ask also for URLs on the domain's host. */
  on_host?: boolean;
  /** Prefix lengths in use, family and length: ["4/24", "6/48"]; all when absent. */
  prefixes?: readonly string[];
}
