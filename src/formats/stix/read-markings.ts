/** How a bundle may be handled: the strictest level of TLP that it states, of either edition, and its statements. */
import { type Tlp, tlps } from "../../core/audience.ts";
import type { Contents } from "../reading.ts";
import { tlpExtension, tlpIds } from "./markings.ts";

/** STIX 2.1, section 7.2.1.4: the levels of TLP 1; white is clear now. */
const firstEdition: Record<string, Tlp> = {
  "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "clear",
  "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
  "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
  "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
};
const known = new Map<string, Tlp>([
  ...Object.entries(firstEdition),
  ...tlps.map((level) => [tlpIds[level], level] as const),
]);

const longest = 1_000;
const most = 10;

/** Markings count where an object refers to them, and where they merely stand: who sent them meant something by it. */
export function readMarkings(objects: readonly Record<string, unknown>[]): Pick<Contents, "tlp" | "statements"> {
  const levels = new Set<Tlp>();
  const statements = new Set<string>();
  for (const object of objects) {
    if (Array.isArray(object.object_marking_refs)) {
      for (const id of object.object_marking_refs) {
        const level = known.get(String(id));
        if (level) levels.add(level);
      }
    }
    if (object.type !== "marking-definition") continue;
    const level = known.get(String(object.id)) ?? levelOf(object);
    if (level) levels.add(level);
    const { statement } = (object.definition ?? {}) as { statement?: unknown };
    if (typeof statement === "string" && statements.size < most) statements.add(statement.slice(0, longest));
  }
  const tlp = tlps.find((level) => levels.has(level));
  return { ...(tlp && { tlp }), ...(statements.size > 0 && { statements: [...statements] }) };
}

/** Of markings that have another id than the standard's. */
function levelOf({ extensions, definition }: Record<string, unknown>): Tlp | undefined {
  const second = (extensions as Record<string, { tlp_2_0?: unknown } | undefined> | undefined)?.[tlpExtension]?.tlp_2_0;
  const first = (definition as { tlp?: unknown } | undefined)?.tlp;
  const named = String(second ?? first ?? "").toLowerCase();
  return named === "white" ? "clear" : tlps.find((level) => level === named);
}
