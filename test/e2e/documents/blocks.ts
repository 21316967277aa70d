/** Markdown as the tests of the documents need it: its fenced blocks in order, its links, and the anchors of its headings. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../world.ts";

export interface Block {
  file: string;
  line: number;
  language: string;
  /** The rest of the fence's line: the file of which the block is a part. */
  of: string;
  text: string;
}

const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const fences = /^```(\S*) *(.*)\n([\s\S]*?)^```$/gm;

export const blocksOf = (file: string): Block[] => {
  const markdown = read(file);
  return [...markdown.matchAll(fences)].map(({ 1: language, 2: of, 3: text, index }) => ({
    file,
    line: markdown.slice(0, index).split("\n").length,
    language: language!,
    of: of!,
    text: text!,
  }));
};

export const nameOf = ({ file, line, text }: Block): string => `${file}:${line}: ${text.split("\n")[0]}`;

/** Targets of links, those to other hosts left out. */
export const linksOf = (file: string): string[] =>
  [
    ...read(file)
      .replace(fences, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));

/** As GitHub makes them: lower case, punctuation dropped, spaces to hyphens. */
export const anchorsOf = (file: string): string[] =>
  [
    ...read(file)
      .replace(fences, "")
      .matchAll(/^#+ +(.*)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
