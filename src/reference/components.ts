/** The zod schemas that validate, as JSON Schema (draft 2020-12): what has an id becomes a component, the rest stays in place. */
import * as z from "zod";

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  patternProperties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  contentSchema?: JsonSchema;
  contentEncoding?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  title?: string;
  description?: string;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  examples?: unknown[];
}

export interface Described {
  /** By the names they were given. */
  inputs: Record<string, JsonSchema>;
  outputs: Record<string, JsonSchema>;
  components: Record<string, JsonSchema>;
}

/** Requests are described as they are sent, answers as they arrive; a component that differed would be two things of one name. */
export function describe(inputs: Record<string, z.ZodType>, outputs: Record<string, z.ZodType>): Described {
  const sent = convert(inputs, "input");
  const given = convert(outputs, "output");
  for (const [id, schema] of Object.entries(sent.$defs)) {
    if (id in given.$defs && JSON.stringify(given.$defs[id]) !== JSON.stringify(schema))
      throw new TypeError(`The component ${id} is sent in one form and answered in another.`);
  }
  const components = Object.entries({ ...given.$defs, ...sent.$defs }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { inputs: sent.properties, outputs: given.properties, components: Object.fromEntries(components) };
}

function convert(schemas: Record<string, z.ZodType>, io: "input" | "output") {
  const whole = z.toJSONSchema(z.object(schemas), {
    io,
    target: "draft-2020-12",
    override: ({ jsonSchema }) => {
      // zod states the range of exact integers at every integer; it says nothing here.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const text = JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { properties = {}, $defs = {} } = JSON.parse(text) as Record<
    "properties" | "$defs",
    Record<string, JsonSchema>
  >;
  return { properties, $defs };
}
