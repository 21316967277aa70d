/** Who sees what of a tip over its life, and who is told of what: a small model of DESIGN.md's rules, to hold the doors against. */
export const partners = ["chirper", "facepage", "observatory", "cyber-unit"] as const;
export type Partner = (typeof partners)[number];
export const authors = ["chirper", "facepage", "observatory"] as const;

/** What each partner of the sample world holds; nobody joins or leaves. */
export const holds: Record<Partner, readonly string[]> = {
  chirper: [
    "partner:chirper",
    "platforms",
    "everyone",
    "group:election-cell",
    "group:harbour-forum",
    "group:harbour-forum+law-enforcement",
  ],
  facepage: [
    "partner:facepage",
    "platforms",
    "everyone",
    "group:election-cell",
    "group:harbour-forum",
    "group:harbour-forum+law-enforcement",
  ],
  observatory: ["partner:observatory", "research", "everyone", "group:election-cell"],
  "cyber-unit": ["partner:cyber-unit", "law-enforcement", "law-enforcement:XA", "group:harbour-forum+law-enforcement"],
};
export const tokens = [...new Set(Object.values(holds).flat())];

export interface Scope {
  to: string[];
  except: Partner[];
}

export interface LifeTip extends Scope {
  id: string;
  author: Partner;
  operation: string;
  version: number;
  /** Withdrawn and suspended tips are their author's alone; what expired is erased at once, and nobody's. */
  state: "live" | "withdrawn" | "suspended" | "erased";
  embargoed: boolean;
  /** Hosts of the current version, by ordinal. */
  hosts: string[];
  /** Hosts of it that are disputed, since when; those that may not be again while they stay as they are; those with an upheld appeal, by whom. */
  disputed: Map<string, number>;
  settled: Set<string>;
  appealed: Map<string, Set<Partner>>;
  /** Withdrawn for good, though its content may be gone. */
  withdrawn: boolean;
  /** From whom it was taken back: whether that partner has said what became of its copy. */
  takenBack: Map<Partner, boolean>;
  /** Feedback, and who may read each; void where its giver's key turned out stolen. */
  words: { digest: string; by: Partner; readers: Set<Partner> }[];
  /** Everyone who ever saw it, and which version last: each reads all it may after each step. */
  had: Map<Partner, number>;
  /** When a deed of its author was last signed, and under which key, for what a compromise takes along. */
  signed: { at: number; kid: string }[];
}

/** Who is told, by name of the event's type and the tip. */
export type News = Map<Partner, string[]>;

const holdsAnyOf = (partner: Partner, { to, except }: Scope): boolean =>
  !except.includes(partner) && to.some((token) => holds[partner].includes(token));

/** By its audience, whatever its state. */
export const hasSight = (partner: Partner, tip: LifeTip): boolean => partner !== tip.author && holdsAnyOf(partner, tip);

export function sees(partner: Partner, tip: LifeTip): boolean {
  if (tip.state === "erased") return false;
  return partner === tip.author || (tip.state === "live" && hasSight(partner, tip));
}

export class Model {
  tips: LifeTip[] = [];

  /** Each of them is told, its author too. */
  news(type: string, tip: LifeTip, to: (partner: Partner) => boolean, author = true): News {
    const told = partners.filter((partner) => (partner === tip.author ? author : to(partner)));
    return new Map(told.map((partner) => [partner, [`${type} ${tip.id}`]]));
  }

  /** Taken back from those told so who ever had it; each is to answer for itself. */
  takeBack(tip: LifeTip, news: News): News {
    for (const partner of news.keys()) {
      if (partner === tip.author || !tip.had.has(partner)) continue;
      // Who had lost sight before has answered, or owes the answer, already.
      if (!tip.takenBack.has(partner) || tip.state !== "withdrawn" || hasSight(partner, tip))
        tip.takenBack.set(partner, false);
    }
    return news;
  }

  /** Its mirror forgets what was taken back, and says so by itself. */
  mirrored(partner: Partner): void {
    for (const { takenBack } of this.tips) if (takenBack.has(partner)) takenBack.set(partner, true);
  }

  /** All that see it have it from now on. */
  read(): void {
    for (const tip of this.tips)
      for (const partner of partners) if (sees(partner, tip)) tip.had.set(partner, tip.version);
  }
}

export function merged(...all: News[]): News {
  const news: News = new Map();
  for (const each of all)
    for (const [partner, told] of each) news.set(partner, [...(news.get(partner) ?? []), ...told]);
  return news;
}
