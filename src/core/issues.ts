/** What is wrong with a value, as a sentence for people: the validator's own words name its types and patterns. */
import type * as z from "zod";

export const unknownMember = "Unknown member; extensions begin with x-.";
export const unknownParameter = "Unknown parameter: leave it out.";

const kindOf: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
const unitOf: Record<string, string> = { string: " characters", array: " items" };

/** The issue's message where a schema states one; else a sentence made of what the issue says. */
export function sentenceOf(issue: z.core.$ZodIssue): string {
  if (!/^(?:Too (?:small|big)|Invalid (?:input|string|option|UUID|URL|email))\b/i.test(issue.message))
    return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? "This is missing."
        : `This must be ${kindOf[issue.expected] ?? issue.expected}.`;
    case "too_small":
      if (issue.minimum === 1 && unitOf[issue.origin]) return "This must not be empty.";
      return `This must be ${issue.minimum}${unitOf[issue.origin] ?? ""} at least.`;
    case "too_big":
      return `This must be ${issue.maximum}${unitOf[issue.origin] ?? ""} at most.`;
    case "invalid_value":
      return `This must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}.`;
    case "invalid_union":
      return "note" in issue && issue.note === "No matching discriminator"
        ? "There is no such type."
        : "This has none of the forms that are known.";
    case "invalid_format":
      return issue.format === "url" ? "This is not a URL." : "This is not of the form that is documented for it.";
    default:
      return issue.message;
  }
}
