/**
 * URLs and domains. A domain is found by itself and by each parent down to the registrable domain, and by a parent only
 * where that parent is `operated`: who abuses a host, or was hacked there, does not own what lies beside it.
 * A host somebody merely abuses is context for a URL on it.
 */
import * as z from "zod";
import { day } from "../names.ts";
import { err, ok } from "../result.ts";
import { accounts, posts } from "./accounts.ts";
import { isCommon } from "./common.ts";
import { keyFor } from "./digest.ts";
import type { Family, Fault, Indicator, Sites, Verdict } from "./family.ts";
import { judgeRange, rangeProbes } from "./ip.ts";
import { accountOfHost, readProfileUrl } from "./platforms.ts";
import { orRefanged } from "./refang.ts";
import {
  hostAddress,
  isPlainHost,
  isPlainUrl,
  isPrivateSuffix,
  readDomain,
  readUrl,
  registrableOf,
  withParents,
} from "./url-form.ts";

const exact: Verdict = { how: "exact", context: false };
const others = new Set<unknown>(["abused-service", "third-party", "impersonated", "co-opted"]);
const domainProbes = (host: string): string[] => withParents(host).map((each) => keyFor("d", each));
const urlOf = (indicator: Indicator): URL => new URL(String(indicator.value));
const hostOf = (indicator: Indicator): string => urlOf(indicator).hostname;

/** The account or post of a URL, canonical. */
function profileOf(value: string, sites: Sites): Indicator | undefined {
  const named = readProfileUrl(value, sites);
  const parsed = named && (named.type === "post" ? posts : accounts).canonicalise(named, sites);
  return parsed?.ok ? parsed.value.indicator : undefined;
}

/** A parent counts where it is operated and no higher than the registrable domain. */
function judgeParent(host: string, candidate: Indicator): Verdict | undefined {
  const parent = String(candidate.value);
  const within = candidate.control === "operated" && host.endsWith(`.${parent}`) && withParents(host).includes(parent);
  return within ? { how: "parent-domain", context: false } : undefined;
}

export const urls: Family = {
  types: ["url"],
  shape: {
    value: z.string().min(4).max(2_000).describe("Defanged forms are read."),
    redirects_to: z.string().min(4).max(2_000).optional(),
  },
  canonicalise(indicator, sites) {
    const faults: Fault[] = [];
    const warnings: Fault[] = [];
    const found = { ...indicator };
    for (const member of ["value", "redirects_to"]) {
      if (found[member] === undefined) continue;
      const url = orRefanged(String(found[member]), readUrl);
      if (url.ok) found[member] = url.value.href;
      else faults.push({ pointer: `/${member}`, detail: url.error });
    }
    if (faults.length > 0) return err(faults);
    const named = readProfileUrl(String(found.value), sites);
    if (named)
      warnings.push({
        pointer: "",
        detail: `This is the URL of ${named.type === "post" ? "a post" : "an account"}; as type ${named.type} it is found by more.`,
      });
    return ok({ indicator: found, warnings });
  },
  plainForm: (indicator) =>
    indicator.redirects_to === undefined && isPlainUrl(indicator.value) ? indicator : undefined,
  keys: (indicator) => [keyFor("u", String(indicator.value)), keyFor("uh", hostOf(indicator))],
  probes(question, sites, options) {
    const value = String(question.value);
    const url = urlOf(question);
    const address = hostAddress(url);
    const found = [
      keyFor("u", value),
      ...(address === undefined ? domainProbes(url.hostname) : rangeProbes(address, options)),
    ];
    if (options.on_host) found.push(keyFor("uh", url.hostname));
    const named = profileOf(value, sites);
    if (named?.type === "account") found.push(...accounts.keys(named));
    if (named?.type === "post" && named.id !== undefined) found.push(posts.keys(named)[0]!);
    return found;
  },
  judge(question, candidate, sites, options) {
    const url = urlOf(question);
    if (candidate.type === "url") {
      if (candidate.value === question.value) return exact;
      return options.on_host && hostOf(candidate) === url.hostname ? { how: "on-host", context: false } : undefined;
    }
    if (candidate.type === "domain") {
      if (candidate.value !== url.hostname) return judgeParent(url.hostname, candidate);
      return {
        how: "on-host",
        context: others.has(candidate.control) || isCommon(candidate) || isPrivateSuffix(url.hostname),
      };
    }
    if (candidate.type === "ip") {
      const address = hostAddress(url);
      const verdict = address === undefined ? undefined : judgeRange(address, candidate);
      return verdict && { ...verdict, how: verdict.how === "exact" ? "on-host" : verdict.how };
    }
    if (candidate.type === "post" && candidate.url === question.value) return exact;
    const named = profileOf(String(question.value), sites);
    if (named?.type === "account") return accounts.judge(named, candidate, sites, options);
    const same = named?.type === "post" && candidate.type === "post" && named.id !== undefined;
    return same && candidate.platform === named.platform && candidate.id === named.id ? exact : undefined;
  },
  label: ({ value }) => String(value),
  places({ value }, sites) {
    const place = sites.platformOf(new URL(String(value)).hostname);
    return place === undefined ? [] : [place];
  },
  validDays: 730,
};

export const domains: Family = {
  types: ["domain"],
  shape: {
    value: z.string().min(3).max(1_000),
    registered_at: day.optional(),
    impersonates: z.string().min(1).max(256).optional().describe("A domain or a brand."),
  },
  canonicalise(indicator) {
    const domain = orRefanged(String(indicator.value), readDomain);
    if (!domain.ok) return err([{ pointer: "/value", detail: domain.error }]);
    const warnings: Fault[] = [];
    const found: Indicator = { ...indicator, value: domain.value };
    if (isPrivateSuffix(domain.value))
      warnings.push({ pointer: "/value", detail: "Strangers register names below this one; it matches only itself." });
    if (found.impersonates !== undefined) {
      // A brand's name is as good as its domain here.
      const other = readDomain(String(found.impersonates));
      if (other.ok) found.impersonates = other.value;
    }
    return ok({ indicator: found, warnings });
  },
  plainForm: (indicator) =>
    indicator.impersonates === undefined && isPlainHost(indicator.value) ? indicator : undefined,
  keys: (indicator) => [keyFor("d", String(indicator.value))],
  probes(question, _sites, options) {
    const host = String(question.value);
    const found = domainProbes(host);
    if (options.on_host) found.push(keyFor("uh", host));
    const blog = accountOfHost(host);
    if (blog) found.push(...accounts.keys(blog));
    return found;
  },
  judge(question, candidate, sites, options) {
    const host = String(question.value);
    if (candidate.type === "domain") return candidate.value === host ? exact : judgeParent(host, candidate);
    if (candidate.type === "url")
      return options.on_host && hostOf(candidate) === host ? { how: "on-host", context: false } : undefined;
    const blog = accountOfHost(host);
    return blog && accounts.judge(blog, candidate, sites, options);
  },
  label: ({ value }) => String(value),
  places({ value }, sites) {
    const place = sites.platformOf(String(value)) ?? registrableOf(String(value));
    return place === undefined ? [] : [place];
  },
  validDays: 730,
};
