/** An event's JSON in pieces, for one that is too large to be there as a text besides. Together they are what JSON.stringify makes of it. */
import type { MispEvent } from "./format.ts";

export function* eventTexts({ Event }: MispEvent): Generator<string, void, undefined> {
  let before = '{"Event":{';
  for (const [name, value] of Object.entries(Event)) {
    yield `${before}${JSON.stringify(name)}:`;
    if (Array.isArray(value)) {
      let open = "[";
      for (const one of value) {
        yield open + JSON.stringify(one);
        open = ",";
      }
      yield open === "[" ? "[]" : "]";
    } else yield JSON.stringify(value);
    before = ",";
  }
  yield "}}";
}
