/**
 * Stands in the Worker for zod's makers of JSON Schema (wrangler.toml, `alias`): every schema carries a way to them, and only
 * the reference, which is built before, takes it.
 */
const none = () => {
  throw new Error("In the Worker no schema becomes JSON Schema.");
};
const noMethod = () => none;

export { noMethod as createStandardJSONSchemaMethod, noMethod as createToJSONSchemaMethod, none as toJSONSchema };
