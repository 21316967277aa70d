/** The JSON schemas of STIX 2.1, for our own exports alone: one pattern in them is exponential. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

const root = path.join(import.meta.dirname, "../../../..");
const folder = path.resolve(root, process.env.TIPOFF_TEST_DATA ?? "../shared/data", "stix-2.1-schemas/schemas");
export const absent = !existsSync(folder);
/** A title that says what is missing. */
export const withSchemas = (title: string): string =>
  absent ? `${title} (skipped: no schemas at ${folder}; set TIPOFF_TEST_DATA)` : title;

/** Says what is wrong with an object, by the schema of its type. */
export function validator(): (object: { type: string; id: string }) => string[] {
  const ajv = new Ajv2020({ strict: false, unicodeRegExp: false, validateFormats: false });
  const ids = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".json")) continue;
    const schema = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as { $id: string };
    ajv.addSchema(schema);
    ids.set(path.basename(name, ".json"), schema.$id);
  }
  return (object) => {
    const schema = ids.get(object.type) ?? ids.get("cyber-observable-core")!;
    const validate = ajv.getSchema(schema)!;
    return validate(object)
      ? []
      : validate.errors!.map(({ instancePath, message }) => `${object.id} ${instancePath} ${message}`);
  };
}
