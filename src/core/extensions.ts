/** Members that are not listed: those beginning with `x-` may stand in any object of a document, within bounds. */
import type * as z from "zod";
import { unknownMember } from "./issues.ts";
import { limits } from "./limits.ts";

/** Run also where members have faults of their own: a refusal has every reason. */
export const always = {
  when: ({ value }: { value: unknown }): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value),
};

/** Says each member that is neither listed nor an extension, and when the extensions are too long together. */
export function checkExtensions(
  value: Record<string, unknown>,
  isListed: (name: string) => boolean,
  context: z.RefinementCtx,
): void {
  let length = 0;
  for (const name of Object.keys(value)) {
    if (isListed(name)) continue;
    if (!name.startsWith("x-") || name.length > 64) {
      context.addIssue({ code: "custom", path: [name], message: unknownMember });
    } else length += name.length + (JSON.stringify(value[name]) ?? "").length;
  }
  if (length > limits.extension_bytes) {
    const message = `Extensions of one object hold at most ${limits.extension_bytes} characters together.`;
    context.addIssue({ code: "custom", path: [], message });
  }
}
