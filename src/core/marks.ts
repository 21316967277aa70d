/** What the exchange says of an indicator, beside the signed document and never in it. Each is for a person to look at. */

/** As members of what doors hand out, with the bits of `indicator.mark`. */
export const markBits = { disputed: 1, undecided: 2, appealed: 4 } as const;
export type Mark = keyof typeof markBits;
/** Ordinals by mark. */
export type Marks = Partial<Record<Mark, number[]>>;

const names = Object.keys(markBits) as Mark[];

/** The marks' names, in order; none where nothing is marked. */
export const namesOf = (mark = 0): Mark[] => names.filter((name) => (mark & markBits[name]) !== 0);

/** The same as members, `true` each. */
export const markMembers = (mark: number): Partial<Record<Mark, true>> =>
  Object.fromEntries(namesOf(mark).map((name) => [name, true]));

/** Undefined where nothing is marked. */
export function marksOf(marked: readonly (readonly [ordinal: number, mark: number])[]): Marks | undefined {
  const found: Marks = {};
  for (const [ordinal, mark] of marked) {
    for (const name of namesOf(mark)) found[name] = [...(found[name] ?? []), ordinal];
  }
  return marked.length > 0 ? found : undefined;
}

/** How many there are of each mark. */
export const countsOf = (marks: Marks): Partial<Record<Mark, number>> =>
  Object.fromEntries(Object.entries(marks).map(([name, ordinals]) => [name, ordinals.length]));

/** Marks by ordinal, of what `marksOf` made. */
export function byOrdinal(marks: Marks = {}): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of names) {
    for (const ordinal of marks[name] ?? []) found.set(ordinal, (found.get(ordinal) ?? 0) | markBits[name]);
  }
  return found;
}
