/** Which folder may import which, where SQL may stand, and that what partners install imports only what is installed with it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Core imports nothing outside itself; doors go through exchange to store, never back. */
const layers: Record<string, string[]> = {
  core: [],
  formats: ["core"],
  store: ["core"],
  exchange: ["store", "core", "bundle"],
  push: ["exchange", "store", "core"],
  api: ["oauth", "push", "exchange", "formats", "core"],
  oauth: ["api", "exchange", "store", "core"],
  bundle: [],
  misp: ["api", "exchange", "formats", "core"],
  taxii: ["api", "exchange", "formats", "core"],
  reference: ["api", "exchange", "core"],
  client: ["core", "formats"],
  mirror: ["client", "formats", "core"],
  cli: ["mirror", "client", "core", "formats"],
};
const installed = ["core", "formats", "client", "mirror", "cli"];

export function checkLayers(root: string): string {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    dependencies: object;
  };
  for (const [layer, may] of Object.entries(layers)) {
    const files = readdirSync(path.join(root, "src", layer), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const from = path.join("src", layer, file);
      const text = readFileSync(path.join(root, from), "utf8");
      for (const [, target] of text.matchAll(/from "([^"]+)"/g)) {
        if (target!.startsWith(".")) {
          const reached = path.join(path.dirname(from), target!).split(path.sep)[1]!;
          if (reached !== layer && !may.includes(reached)) {
            throw new Error(`${from} imports ${reached}; ${layer} may import ${may.join(", ") || "nothing"}.`);
          }
        } else if (installed.includes(layer)) {
          const name = target!.split("/", target!.startsWith("@") ? 2 : 1).join("/");
          if (!name.startsWith("node:") && !(name in dependencies)) {
            throw new Error(`${from} imports ${name}, which is not installed with the package.`);
          }
        }
      }
      if (layer !== "store" && /\bsql(<[^`]*>)?`|from "drizzle-orm/.test(text)) {
        throw new Error(`${from} holds SQL; that is for src/store.`);
      }
    }
  }
  return "one direction, SQL in store alone";
}
