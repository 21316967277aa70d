/** What the comment beside a value says of it: whose it is, its role, when it was registered, whom it targets. */
import type { Indicator } from "../core/indicators/family.ts";
import { under } from "./taxonomy.ts";

type Control = NonNullable<Indicator["control"]>;

/** Only what is written counts: a procedure alone does not say whose a thing is. */
export function controlOf(comment: string, procedure: string | undefined): Control | undefined {
  if (/\b(abused|abusing|misused)\b/i.test(comment)) return "abused-service";
  if (/\b(impersonated|legitimate|genuine|authentic (?:site|page|account|outlet))\b/i.test(comment))
    return "impersonated";
  if (/\b(co-?opted|unwitting)\b/i.test(comment)) return "co-opted";
  if (/\b(compromised|hijacked|watering hole|defaced|stolen data|hacked (?:site|website|account))\b/i.test(comment))
    return "compromised";
  if (/\b(third[- ]party|bystander|victims?)\b/i.test(comment)) return "third-party";
  if (
    /\b(actor|attacker)[- ]?controlled\b|\b(?:operated|run|owned|controlled) by the (?:operation|network|actors?)\b/i.test(
      comment,
    )
  )
    return "operated";
  if (/\boperation[’']s (?:own )?(?:websites?|domains?|accounts?|pages?|brands?)\b/i.test(comment)) return "operated";
  return under(procedure, "8.2", "8.3") ? "third-party" : undefined;
}

function roleOf(comment: string): string | undefined {
  if (/\bC2\b|command[- ]and[- ]control/i.test(comment)) return "c2";
  if (/\bredirects?\b/i.test(comment) && !/\bor redirect\b/i.test(comment)) return "redirector";
  if (/\b(phishing|credential theft|landing)\b/i.test(comment)) return "landing";
  if (/\b(administrator|admin) of\b|\bgroup admin\b/i.test(comment)) return "admin";
  if (/\bamplifier\b/i.test(comment)) return "amplifier";
  if (/websites and brands/i.test(comment)) return "brand-site";
  return undefined;
}

const services: [RegExp, string][] = [
  [/\bvpn\b/i, "vpn"],
  [/\bprox(?:y|ies)\b/i, "proxy"],
  [/\btor\b/i, "tor"],
  [/\bcdn\b/i, "cdn"],
  [/\bmobile\b/i, "mobile"],
];
const serviceOf = (comment: string, procedure?: string): string | undefined =>
  services.find(([form]) => form.test(comment))?.[1] ??
  (under(procedure, "0.1.2") ? "vpn" : under(procedure, "0.1.1") ? "proxy" : undefined);

/** "Group, 1,200 members": what an account is, where its URL does not show it. */
const kindOf = (comment: string): string | undefined =>
  /^(?:[A-Z]\w+ )?(page|group|channel|profile)\b/i.exec(comment)?.[1]?.toLowerCase();

const countries: Record<string, string> = {
  armenia: "AM",
  azerbaijan: "AZ",
  bahrain: "BH",
  bangladesh: "BD",
  belarus: "BY",
  "burkina faso": "BF",
  china: "CN",
  "costa rica": "CR",
  croatia: "HR",
  "el salvador": "SV",
  france: "FR",
  georgia: "GE",
  germany: "DE",
  india: "IN",
  iran: "IR",
  israel: "IL",
  italy: "IT",
  latvia: "LV",
  lebanon: "LB",
  madagascar: "MG",
  moldova: "MD",
  myanmar: "MM",
  "north korea": "KP",
  pakistan: "PK",
  palestine: "PS",
  poland: "PL",
  russia: "RU",
  syria: "SY",
  taiwan: "TW",
  togo: "TG",
  türkiye: "TR",
  turkey: "TR",
  uk: "GB",
  "united kingdom": "GB",
  ukraine: "UA",
  us: "US",
  usa: "US",
  "united states": "US",
  venezuela: "VE",
  vietnam: "VN",
};

/** The code of a country by its name; XA to XZ are no countries, and samples need them. */
export const countryOf = (name: string): string | undefined =>
  /^X[A-Z]$/.test(name) ? name : countries[name.toLowerCase()];

/** Countries named as the target; regions ("Middle East", "Global") are none. */
function targetsOf(comment: string): string[] {
  const stated =
    /targeted:\s*([^".;]+)/i.exec(comment)?.[1] ?? /(?<![\p{L}\p{N}_])(\p{Lu}\p{L}+)-targeting\b/u.exec(comment)?.[1];
  const found = (stated ?? "").split(/[/,&]| and /).map((name) => countryOf(name.trim()));
  return [...new Set(found.filter((code) => code !== undefined))];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** YYYY-MM-DD of a date in the spellings that occur; undefined where day and month cannot be told. */
export function dayOf(text: string): string | undefined {
  const iso = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (iso) return day(iso[1]!, iso[2]!, iso[3]!);
  const american = /^\s*(\d{1,2})[/-](\d{1,2})[/-](\d{4})/.exec(text);
  if (american) return day(american[3]!, american[1]!, american[2]!);
  const worded = /^\s*(\d{1,2}) ([A-Z][a-z]{2})[a-z]*\.? (\d{4})/.exec(text);
  return worded ? day(worded[3]!, String(months.indexOf(worded[2]!.toLowerCase()) + 1), worded[1]!) : undefined;
}

function day(year: string, month: string, date: string): string | undefined {
  const text = `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? undefined : text;
}

/**
 * The members a comment gives each indicator of its row; what says nothing further stays as its note. It is read once: a
 * cell may hold thousands of values.
 */
export function readComment(
  comment: string,
  procedure: string | undefined,
): (indicator: Indicator) => Partial<Indicator> {
  const flat = comment.replace(/\s+/g, " ").replace(/^[\s"]+|(?<![\s"])[\s"]+$/g, "");
  const registered = dayOf(/registration date:\s*([^,]+)/i.exec(flat)?.[1] ?? "");
  const targets = targetsOf(flat);
  const role = roleOf(flat);
  const control = controlOf(flat, procedure);
  const service = serviceOf(flat, procedure);
  const kind = kindOf(flat);
  const former = [...flat.matchAll(/\bformerly (?:known as )?@?([\w.]{2,64})/gi)].slice(0, formerHandles);
  const provider = service && /\b(?:provider|range of|VPN of):?\s+([A-Z][\w.-]*)/.exec(flat)?.[1];
  const note = flat.slice(0, 2_000);
  return ({ type, kind: stated }) => ({
    ...(control ? { control } : {}),
    ...(role ? { role } : {}),
    ...(type === "account" && stated === undefined && kind ? { kind } : {}),
    ...(type === "account" && former.length > 0 ? { former_handles: former.map(([, name]) => name!) } : {}),
    ...(type === "domain" && registered ? { registered_at: registered } : {}),
    ...(targets.length > 0 ? { targets } : {}),
    ...(type === "ip" && service ? { service } : {}),
    ...(type === "ip" && provider ? { provider } : {}),
    ...(note === "" ? {} : { note }),
  });
}
/** As many as an account may hold. */
const formerHandles = 20;
