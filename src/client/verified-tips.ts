/**
 * Tips as they were read, verified here before anything is made of them: the document by its author's signature and the exchange's
 * receipt, under the keys of the directory, and the indicators derived from it as the exchange derives them. Of what the exchange
 * says beside the document nothing of the author's is taken.
 */
import { deriveTip, expiryOf } from "../core/derive-tip.ts";
import type { Indicator, Sites } from "../core/indicators/family.ts";
import { registry } from "../core/indicators/registry.ts";
import { err, ok, type Result } from "../core/result.ts";
import { parseTime } from "../core/time.ts";
import type { Connection } from "./connect.ts";
import { keySetWith, listPartners, type Partner, sitesOf } from "./directory.ts";
import type { ReadTip } from "./read-tip.ts";
import { type KeySet, type Verified, verifyTip } from "./verify.ts";

export interface VerifiedTip extends Verified {
  accepted_at: string;
  /** In canonical form, by their places; not those of a type that this version of the library does not know. */
  indicators: ReadonlyMap<number, Indicator>;
}

/** The directory is not fetched again for one more document that does not verify. */
const directoryAge = 5_000;

export class TipVerifier {
  readonly #connection: Connection;
  #partners: ReadonlyMap<string, Partner>;
  #keys: KeySet;
  #sites: Sites;
  #fetched: number;

  private constructor(connection: Connection, partners: readonly Partner[], keys: KeySet) {
    this.#connection = connection;
    this.#partners = new Map(partners.map((partner) => [partner.slug, partner]));
    this.#keys = keys;
    this.#sites = sitesOf(partners);
    this.#fetched = Date.now();
  }

  /** With the directory as it is now. Throws as `call` does. */
  static async open(connection: Connection): Promise<TipVerifier> {
    const partners = await listPartners(connection);
    return new TipVerifier(connection, partners, await keySetWith(connection, partners));
  }

  get partners(): ReadonlyMap<string, Partner> {
    return this.#partners;
  }

  get keys(): KeySet {
    return this.#keys;
  }

  /** Or the sentence that says what is wrong. A key may be younger than the directory: that is fetched again, once in a while. */
  async verified(read: ReadTip): Promise<Result<VerifiedTip, string>> {
    let verified = await verifyTip(read.envelope, this.#keys, read.receipt);
    if (!verified.ok && Date.now() - this.#fetched >= directoryAge) {
      const fresh = await TipVerifier.open(this.#connection);
      this.#partners = fresh.#partners;
      this.#keys = fresh.#keys;
      this.#sites = fresh.#sites;
      this.#fetched = fresh.#fetched;
      verified = await verifyTip(read.envelope, this.#keys, read.receipt);
    }
    if (!verified.ok) return verified;
    const { document, from, accepted_at } = verified.value;
    if (document.tip !== read.tip || document.version !== read.version || from !== read.from)
      return err("The document is of another tip than the exchange says.");
    if (accepted_at === undefined) return err("It came without the exchange's receipt.");
    try {
      const indicators = await derived(document, accepted_at, this.#sites);
      return indicators.ok ? ok({ ...verified.value, accepted_at, indicators: indicators.value }) : indicators;
    } catch (error) {
      // Signed, but not of a tip's form: the exchange would not have taken it.
      return err(`It is signed and yet no tip: ${(error as Error).message}`);
    }
  }
}

async function derived(
  document: Verified["document"],
  acceptedAt: string,
  sites: Sites,
): Promise<Result<Map<number, Indicator>, string>> {
  const accepted = parseTime(acceptedAt);
  if (accepted === undefined) return err("Its receipt states no time.");
  const known = document.indicators.map((one) => (registry.has((one as Indicator).type) ? one : undefined));
  const found = await deriveTip({ indicators: known }, sites, accepted, expiryOf(document, accepted));
  if (!found.ok) return err(`${found.error[0]?.pointer}: ${found.error[0]?.detail}`);
  return ok(new Map(found.value.rows.map(([ordinal, , , , body]) => [ordinal, JSON.parse(body) as Indicator])));
}
