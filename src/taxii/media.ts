/** TAXII's media type: what is sent, and which requests accept it (TAXII 2.1, sections 1.6.8 and 3.1). */
import { taxiiType } from "../api/answers/taxii-error.ts";
import { type Problem, problem } from "../core/problem.ts";

export const stixType = "application/stix+json;version=2.1";

/** One range of an `Accept` header that a TAXII 2.1 answer fits. */
function fits(range: string): boolean {
  const [type, ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  const value = (name: string) =>
    parameters
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replaceAll('"', "");
  if (Number(value("q") ?? 1) === 0) return false;
  if (type === "*/*" || type === "application/*") return true;
  // Without a version it is the highest there is.
  return type === "application/taxii+json" && (value("version") ?? "2.1") === "2.1";
}

/** The refusal where it accepts none; who says nothing accepts all (RFC 9110, section 12.5.1). */
export function judgeAccept(accept: string | undefined): Problem | undefined {
  if (!accept?.trim() || accept.split(",").some(fits)) return undefined;
  return problem("not-acceptable", `Accept ${taxiiType}.`);
}
