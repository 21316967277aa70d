/** What signs an endpoint's messages at this moment, kept in memory while the endpoint lives: secrets are derived, and keys made of them. */
import { signingKey } from "../core/webhook.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { formerSigns, secretsOf } from "../exchange/webhook-secrets.ts";
import type { KnownRow } from "../store/endpoint-log.ts";

export class SigningKeys {
  /** By the secrets' numbers. */
  #made: { of: string; keys: Promise<CryptoKey[]> } | undefined;

  /** The newest first. */
  at(exchange: Exchange, row: KnownRow): Promise<CryptoKey[]> {
    const of = `${row.secret_no} ${formerSigns(exchange, row) && row.former_no}`;
    if (this.#made?.of !== of)
      this.#made = { of, keys: secretsOf(exchange, row).then((known) => Promise.all(known.map(signingKey))) };
    return this.#made.keys;
  }
}
