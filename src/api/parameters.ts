/** Parameters that several operations take. */
import * as z from "zod";
import { instant, parseTime } from "../core/time.ts";

/** Given as text, read as a number. */
export const wholeNumber = (most: number) =>
  z
    .string()
    .regex(/^[0-9]{1,6}$/, "Use a whole number.")
    .transform(Number)
    .pipe(z.int().min(1).max(most));

/** How many rows of a page. */
export const limitParameter = (most: number, usual: number) => wholeNumber(most).default(usual);

export const flag = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .pipe(z.boolean())
  .optional();

export const cursor = z.string().min(1).max(300).optional().describe("The `next` of the page before. Opaque.");

/** A time as the tables hold it. */
export const pointInTime = z
  .string()
  .refine((text) => parseTime(text) !== undefined, { error: "Use an RFC 3339 date-time or a day.", abort: true })
  .overwrite((text) => instant(parseTime(text)!))
  .meta({ anyOf: [{ format: "date-time" }, { format: "date" }] });
