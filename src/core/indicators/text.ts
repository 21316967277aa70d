/** Hashtags, phrases and names: folded text (NFKC, lower case, white space collapsed), stored under its SHA-256, or only that. */
import * as z from "zod";
import { err, ok, type Result } from "../result.ts";
import { digestOf, fold } from "./digest.ts";
import type { Family } from "./family.ts";
import { orDigest } from "./or-digest.ts";

const prefixes: Record<string, string> = { hashtag: "t", phrase: "f", name: "n" };

/** A character can fold into eighteen. */
const longest = 2_000;
function bounded(text: string): Result<string, string> {
  if (text === "") return err("Nothing is left of this text.");
  return text.length > longest ? err(`Folded, this text is longer than ${longest} characters.`) : ok(text);
}
const readHashtag = (text: string): Result<string, string> => {
  const tag = fold(text, /^[#\s]+/);
  return tag.includes(" ") ? err("A hashtag holds no white space.") : bounded(tag);
};
const readPhrase = (text: string): Result<string, string> => bounded(fold(text));

const digest = ({ value, digest: stated }: Record<string, unknown>): string =>
  value === undefined ? String(stated) : digestOf(String(value));

function family(type: string, shape: z.ZodRawShape): Family {
  return {
    types: [type],
    shape: {
      value: z
        .string()
        .min(1)
        .max(type === "phrase" ? 2_000 : 256)
        .optional(),
      digest: z.string().min(43).max(64).optional().describe("SHA-256 of the folded text, instead of it."),
      ...shape,
    },
    canonicalise: (indicator) => orDigest(indicator, type === "hashtag" ? readHashtag : readPhrase),
    keys: (indicator) => [`${prefixes[type]}:${digest(indicator)}`],
    probes: (question) => [`${prefixes[type]}:${digest(question)}`],
    judge: (question, candidate) =>
      candidate.type === type && digest(question) === digest(candidate) ? { how: "exact", context: false } : undefined,
    label: ({ value, digest: stated }) =>
      value === undefined ? `sha256:${stated}` : `${type === "hashtag" ? "#" : ""}${value}`,
    places: () => [],
    validDays: 730,
  };
}

export const hashtags = family("hashtag", {});
export const phrases = family("phrase", {});
/** `kind` says what bears the name; it does not decide a match. */
export const names = family("name", { kind: z.enum(["persona", "brand", "organisation"]).optional() });
