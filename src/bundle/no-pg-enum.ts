/** Stands in the Worker for drizzle's columns of PostgreSQL (wrangler.toml, `alias`), which its template knows one kind of. */
export const isPgEnum = () => false;
