/** All that the exchange keeps, as one text: every table of the database, and what every Durable Object has stored. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { encode } from "../../src/core/base64url.ts";
import type { Env } from "../../src/exchange/exchange.ts";
import { all, sql } from "../../src/store/database.ts";
import type { Subscribed } from "./endpoints.ts";
import { ground } from "./world.ts";

const isOurs = (name: string): boolean => !/^(_cf|sqlite_|d1_)/.test(name);

export async function everythingKept(endpoints: readonly Subscribed[] = []): Promise<string> {
  const tables = await all(ground(), sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`);
  const kept: unknown[] = [];
  for (const { name } of tables.filter((table) => isOurs(table.name)))
    kept.push(name, await all(ground(), sql`SELECT * FROM ${sql.identifier(name)}`));
  const bindings = env as unknown as Env;
  const dispatcher = bindings.DISPATCHER.get(bindings.DISPATCHER.idFromName("dispatcher"));
  for (const stub of [dispatcher, ...endpoints.map((endpoint) => endpoint.stub as unknown as typeof dispatcher)]) {
    kept.push(
      await runInDurableObject(stub, async (_object, { storage }) => {
        const names = storage.sql
          .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
          .toArray();
        const rows = names
          .filter((table) => isOurs(table.name))
          .map(({ name }) => [name, storage.sql.exec(`SELECT * FROM "${name}"`).toArray()]);
        return [rows, [...(await storage.list())]];
      }),
    );
  }
  return JSON.stringify(kept);
}

/** How a text may stand in what is kept: as it is, and in base64 beginning at any of three places. */
export function formsOf(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return [
    text,
    ...[0, 1, 2].map((before) => {
      const whole = encode(new Uint8Array([...new Uint8Array(before), ...bytes]));
      // Without the characters that hold bits of what stands around it.
      return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    }),
  ];
}
