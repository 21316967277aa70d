/**
 * Stands in the Worker for how drizzle's template tells the kinds of its pieces (wrangler.toml, `alias`): by their class alone. Its own
 * way goes on through all names a class inherits, in case the library is there twice, for every piece of every statement.
 */
export const entityKind = Symbol.for("drizzle:entityKind");
export const hasOwnEntityKind = Symbol.for("drizzle:hasOwnEntityKind");

export const is = (value: unknown, type: abstract new (...given: never[]) => unknown): boolean => value instanceof type;
