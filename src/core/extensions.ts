/** Members that are not listed: those beginning with `x-` may stand in any object of a document, within bounds. */
import type * as z from "zod";
import { limits } from "./limits.ts";

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
      context.addIssue({ code: "custom", path: [name], message: "Unknown member; extensions begin with x-." });
    } else length += name.length + (JSON.stringify(value[name]) ?? "").length;
  }
  if (length > limits.extension_bytes) {
    const message = `Extensions of one object hold at most ${limits.extension_bytes} characters together.`;
    context.addIssue({ code: "custom", path: [], message });
  }
}
