/** Values so that neither a reader nor a program follows them (`hxxps://news[.]example`); `refang` in core undoes it. */
import type { Indicator } from "../core/indicators/family.ts";
import { labelOf } from "../core/indicators/registry.ts";

const dots = (host: string): string => host.replaceAll(".", "[.]");

export const defangUrl = (url: string): string =>
  url.replace(
    /^(ht)tp(s?:\/\/)([^/?#]*)/i,
    (_, start, rest, host) => `${start === "HT" ? "HX" : "hx"}xp${rest}${dots(host)}`,
  );

/** Prose with its URLs defanged; a bare domain in it is left as it stands. */
export const defangProse = (text: string): string => text.replace(/https?:\/\/[^\s<>"']+/gi, defangUrl);

/** The indicator on one line. An account's platform may be a site's domain. */
export function defangLabel(indicator: Indicator): string {
  const label = labelOf(indicator);
  switch (indicator.type) {
    case "domain":
    case "ip":
      return dots(label);
    case "email":
      return indicator.value === undefined ? label : dots(label).replace("@", "[@]");
    case "url":
      return defangUrl(label);
    case "account":
    case "post":
      return label.replace(/https?:\/\/\S+/i, defangUrl);
    default:
      return label;
  }
}
