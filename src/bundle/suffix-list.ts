/**
 * Stands in the Worker for tldts' lookup and list (wrangler.toml, `alias`), which are a fifth of a bundle that has them. The
 * list is one of the static assets, deployed in the same step as the Worker; it is read once in the life of a worker, before
 * the first deed is done (src/exchange/exchange.ts), since a lookup cannot wait for it. A lookup before that throws.
 */
import { suffixLookup } from "./suffix-lookup.ts";

/** Of the asset: ICANN's rules and those of private owners, as `suffixLookup` takes them. */
export const suffixFile = "suffixes.json";

type Lookup = ReturnType<typeof suffixLookup>;
let lookup: Lookup | undefined;

/** When this returns, suffixes can be looked up. What is kept is the list, never a promise: its request may be cancelled. */
export async function readSuffixList(assets: { fetch(url: string): Promise<Response> }): Promise<void> {
  if (lookup) return;
  const response = await assets.fetch(`https://assets.invalid/${suffixFile}`);
  // Named so that it is answered as what passes (src/app.ts).
  if (!response.ok) throw new Error(`The public suffix list is not in storage: ${response.status}.`);
  const [icann, own] = (await response.json()) as [string, string];
  lookup ??= suffixLookup(icann, own);
}

const findSuffix: Lookup = (host, asked, found) => {
  if (!lookup) throw new Error("The public suffix list was not read yet.");
  return lookup(host, asked, found);
};
export default findSuffix;
