/**
 * An operation as a tip or another format states it, divided as files are read: name, summary, counts and prose have places
 * of their own. Members that a tip would refuse are left out, and so is the id: which operation a tip is about is for its
 * author to say, since an id tells whoever knows it what the author has read.
 */
import { tipSchema } from "../core/tip.ts";
import type { Contents, Measure, Observation } from "./reading.ts";

const { id: _id, name: _name, summary: _summary, ...shape } = tipSchema.shape.operation.shape;

export function readOperation(
  stated: Record<string, unknown>,
): Pick<Contents, "operation_name" | "summary" | "operation" | "measures" | "observations"> {
  const { measures, observations, ...rest } = Object.fromEntries(
    Object.entries(stated).filter(([name, value]) =>
      Object.hasOwn(shape, name) ? shape[name as keyof typeof shape].safeParse(value).success : name.startsWith("x-"),
    ),
  );
  return {
    ...(typeof stated.name === "string" ? { operation_name: stated.name } : {}),
    ...(typeof stated.summary === "string" ? { summary: stated.summary } : {}),
    ...(Object.keys(rest).length > 0 ? { operation: rest } : {}),
    measures: (measures as Measure[] | undefined) ?? [],
    observations: (observations as Observation[] | undefined) ?? [],
  };
}
