/** Apps by store and id, wallets by chain and address. Ids keep their case, except where case is only a checksum. */
import * as z from "zod";
import { err, ok } from "../result.ts";
import { keyFor } from "./digest.ts";
import type { Family } from "./family.ts";

const slug = (longest: number) =>
  z
    .string()
    .trim()
    .regex(new RegExp(`^[A-Za-z0-9][A-Za-z0-9-]{0,${longest - 1}}$`), "Use letters, digits and hyphens.");
const chains: Record<string, string> = {
  btc: "bitcoin",
  eth: "ethereum",
  xmr: "monero",
  trx: "tron",
  sol: "solana",
  ltc: "litecoin",
  doge: "dogecoin",
  bnb: "bsc",
  matic: "polygon",
};
const stores: Record<string, string> = {
  "play-store": "google-play",
  "google-play-store": "google-play",
  "apple-app-store": "app-store",
  ios: "app-store",
  itunes: "app-store",
  android: "google-play",
};
/** Looked up without Object's own names. */
const aliasOf = (table: Record<string, string>, name: string): string =>
  Object.hasOwn(table, name) ? table[name]! : name;

export const apps: Family = {
  types: ["app"],
  shape: { store: slug(40), id: z.string().min(1).max(256) },
  canonicalise(indicator) {
    const store = aliasOf(stores, String(indicator.store).trim().toLowerCase());
    let id = String(indicator.id).trim();
    if (store === "app-store") id = id.replace(/^id(?=\d)/i, "");
    const form = store === "app-store" ? /^\d{1,20}$/ : store === "google-play" ? packageName : /^\S+$/;
    if (!form.test(id)) return err([{ pointer: "/id", detail: `This is not an id of ${store}.` }]);
    return ok({ indicator: { ...indicator, store, id }, warnings: [] });
  },
  keys: ({ store, id }) => [keyFor("ap", `${store}:${id}`)],
  probes({ store, id }) {
    return [keyFor("ap", `${store}:${id}`)];
  },
  judge: (question, candidate) =>
    candidate.type === "app" && candidate.store === question.store && candidate.id === question.id
      ? { how: "exact", context: false }
      : undefined,
  label: ({ store, id }) => `${store}:${id}`,
  places: ({ store }) => [String(store)],
  validDays: 730,
};

/** An Android application id. */
const packageName = /^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$/;

export const wallets: Family = {
  types: ["wallet"],
  shape: { chain: slug(40), id: z.string().min(1).max(256) },
  canonicalise(indicator) {
    const chain = aliasOf(chains, String(indicator.chain).trim().toLowerCase());
    let id = String(indicator.id).trim();
    // EIP-55 and BIP 173: the case of such an address carries no information but a checksum.
    if (/^0x[0-9a-f]{40}$/i.test(id) || /^(bc|tb|ltc)1[a-z0-9]+$/i.test(id)) id = id.toLowerCase();
    if (!/^[A-Za-z0-9._:@-]+$/.test(id))
      return err([{ pointer: "/id", detail: "This is not an address of a wallet." }]);
    return ok({ indicator: { ...indicator, chain, id }, warnings: [] });
  },
  keys: ({ chain, id }) => [keyFor("w", `${chain}:${id}`)],
  probes({ chain, id }) {
    return [keyFor("w", `${chain}:${id}`)];
  },
  judge: (question, candidate) =>
    candidate.type === "wallet" && candidate.chain === question.chain && candidate.id === question.id
      ? { how: "exact", context: false }
      : undefined,
  label: ({ chain, id }) => `${chain}:${id}`,
  places: () => [],
  validDays: 730,
};
