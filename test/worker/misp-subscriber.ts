/** A MISP that subscribes to a feed, as far as docs/misp.md says what MISP does: by UUID and time, event by event, value by value. */
import type { MispAttribute, MispEvent } from "../../src/formats/misp/format.ts";
import type { Member } from "./member.ts";

interface Kept {
  timestamp: number;
  attributes: Map<string, MispAttribute>;
}

export class Subscriber {
  readonly events = new Map<string, Kept>();
  readonly #member: Member;
  readonly #root: string;

  constructor(member: Member, root = "/misp") {
    this.#member = member;
    this.#root = root;
  }

  async pull(): Promise<void> {
    const manifest = (await this.#member.call("GET", `${this.#root}/manifest.json`)).body as Record<
      string,
      { timestamp: string }
    >;
    for (const [uuid, { timestamp }] of Object.entries(manifest)) {
      const kept = this.events.get(uuid);
      if (kept && kept.timestamp >= Number(timestamp)) continue;
      const { status, body } = await this.#member.call("GET", `${this.#root}/${uuid}.json`);
      if (status === 200) this.#merge(body as MispEvent);
    }
  }

  /** What the event does not name stays; of what it names the later writing counts. */
  #merge({ Event }: MispEvent): void {
    const kept = this.events.get(Event.uuid) ?? { timestamp: -1, attributes: new Map<string, MispAttribute>() };
    if (kept.timestamp >= Number(Event.timestamp)) return;
    kept.timestamp = Number(Event.timestamp);
    this.events.set(Event.uuid, kept);
    for (const attribute of [...Event.Attribute, ...Event.Object.flatMap((object) => object.Attribute)]) {
      const before = kept.attributes.get(attribute.uuid);
      if (!before || Number(before.timestamp) < Number(attribute.timestamp))
        kept.attributes.set(attribute.uuid, attribute);
    }
  }

  /** By event, the values that are not deleted, sorted; events without any are left out. */
  living(): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const [uuid, { attributes }] of this.events) {
      const values = [...attributes.values()].filter(({ deleted }) => !deleted).map(({ value }) => value);
      if (values.length > 0) found[uuid] = values.sort();
    }
    return found;
  }
}
