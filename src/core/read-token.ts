/** Read tokens: their form, and what a partner says of one it wants. */
import * as z from "zod";
import { limits } from "./limits.ts";
import { short } from "./names.ts";

/** By which whoever searches for lost secrets finds one. */
export const readTokenPrefix = "tipoff_rt_";
export const isReadToken = (text: string): boolean => /^tipoff_rt_[A-Za-z0-9_-]{43}$/.test(text);

const { days, addresses } = limits.read_token;

export const newReadToken = z.strictObject({
  description: short.optional().describe("Which tool it is for."),
  addresses: z
    .array(z.string().max(64))
    .min(1)
    .max(addresses)
    .optional()
    .describe(
      "Addresses and ranges your tool calls from; from elsewhere it is refused. Required of law enforcement, and of who must use DPoP.",
    ),
  days: z.int().min(1).max(days).default(days).describe("Until it expires."),
});
