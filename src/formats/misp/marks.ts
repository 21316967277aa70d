/** What the tags of an event bind its reader to. */
import { type Tlp, tlps } from "../../core/audience.ts";

/** The strictest TLP among the tags, in the words of TLP 2.0; undefined where none is stated. */
export function strictestTlp(marks: readonly string[]): Tlp | undefined {
  const stated = marks.map((mark) => /^tlp:(.+)$/i.exec(mark)?.[1]?.toLowerCase().replace("white", "clear"));
  return tlps.find((tlp) => stated.includes(tlp));
}
