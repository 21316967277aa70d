/** A document's commands run as one reader runs them: in order, in one shell, that starts in a clone of the repository. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ownPath, run } from "../installed.ts";
import { type Block, nameOf } from "./blocks.ts";

export interface Reader {
  /** The clone's folder. */
  clone: string;
  /** The reader's home, which is made. */
  home: string;
  exchange: string;
  /** Where a receiver that the document starts may listen. */
  port: number;
  /** A folder whose commands come before the machine's. */
  bin: string;
}

/** What a block printed on both streams, in the order in which it came, and how it ended. */
export interface Outcome {
  ended: "done" | "failed" | "not reached";
  output: string;
}

const mark = (at: number) => `\n@@ block ${at}\n`;
/** The name a JavaScript block gives itself on its first line: `// feed.mjs`, then what it does. */
const fileOf = ({ text }: Block): string | undefined => /^\/\/ (\S+\.mjs)\b/.exec(text)?.[1];

export async function runDocument(reader: Reader, blocks: readonly Block[]): Promise<Map<Block, Outcome>> {
  const script = blocks.map((block, at) => {
    const said = `printf '${mark(at).replaceAll("\n", "\\n")}'\n`;
    if (block.language === "sh") return said + block.text;
    const file = fileOf(block);
    if (!file) throw new Error(`${nameOf(block)}: the first line does not say in which file a reader puts this.`);
    if (!blocks.slice(at).some(({ language, text }) => language === "sh" && text.includes(`node ${file}`)))
      throw new Error(`${nameOf(block)}: no command after it runs this.`);
    return `${said}cat > ${file} <<'END_OF_BLOCK'\n${block.text}END_OF_BLOCK\n`;
  });
  mkdirSync(reader.home);
  const file = path.join(reader.home, ".document.sh");
  // A receiver that the document starts ends with it, also where it does not come to its end.
  const ended = `trap '[ -z "\${RECEIVER-}" ] || kill $RECEIVER 2>/dev/null || :' EXIT`;
  writeFileSync(file, `set -eu\nexec 2>&1\n${ended}\n${script.join("\n")}`);
  // npm's cache and registry stay this machine's own; all else that lies in a home is the reader's.
  const { npm_config_cache, npm_config_userconfig, HOME = "" } = process.env;
  const { code, out } = await run(reader.clone, "sh", [file], {
    HOME: reader.home,
    EXCHANGE: reader.exchange,
    WEBHOOK_PORT: String(reader.port),
    PATH: `${reader.bin}${path.delimiter}${ownPath()}`,
    npm_config_cache: npm_config_cache ?? path.join(HOME, ".npm"),
    npm_config_userconfig: npm_config_userconfig ?? path.join(HOME, ".npmrc"),
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
  });
  const outcomes = new Map<Block, Outcome>();
  for (const [at, block] of blocks.entries()) {
    const begins = out.indexOf(mark(at));
    const ends = out.indexOf(mark(at + 1));
    outcomes.set(block, {
      ended: begins < 0 ? "not reached" : ends < 0 && code !== 0 ? "failed" : "done",
      output: begins < 0 ? "" : out.slice(begins + mark(at).length, ends < 0 ? undefined : ends).trim(),
    });
  }
  return outcomes;
}

/** The output a document shows, in which `…` stands for anything. */
export const shows = (text: string): RegExp =>
  new RegExp(
    `^${text
      .trim()
      .split("…")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[\\s\\S]*?")}$`,
  );
