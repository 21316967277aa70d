/** One value a line. Empty lines, and comments that begin with `# `, are no rows (a hashtag has no space behind its mark). */
import { type Contents, type Context, contents, unread } from "./reading.ts";
import { readHandle, readValue } from "./value.ts";

export function readLines(text: string, context: Context): Contents {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const readings = lines.flatMap((whole, at) => {
    const line = whole.trim();
    if (line === "" || /^(#\s|#$|\/\/)/.test(line)) return [];
    const found = readValue(line, context.sites) ?? readHandle(line, context.platform, context.sites);
    return [
      found
        ? { line: at + 1, indicators: [found], measures: [], observations: [] }
        : unread(at + 1, "No value was recognised."),
    ];
  });
  return contents(readings);
}
