/** An exchange full of tips: two that were really submitted, and copies of their rows straight in D1, each with its own ids. */
import { send } from "./load.ts";
import type { Partner } from "./partner.ts";
import type { Exchange } from "./world.ts";

/** How many of the tips the partners see that do not see all. */
export const seen = 10;

/** Every table that holds rows of a tip, its events by seq among them. The copies have one indicator each. */
const tables = [
  "tip",
  "tip_version",
  "document_piece",
  "audience",
  "tip_token",
  "tip_except",
  "tip_place",
  "tip_type",
  "indicator",
  "index_key",
  "event",
  "event_token",
];

/** What differs between a tip and its copy of number `n.value`; all other columns are copied. */
const own: Record<string, string> = {
  tip_no: "n.value",
  seq: "n.value",
  audience_seq: "n.value",
  tip: "printf('0199f3a0-7c11-7d2e-9b1a-%012x', n.value)",
  digest: "printf('%043d', n.value)",
};

/**
 * `all` is in the group that every tip is to; `named` is in no group, and named in ten tips; `excepted` is in the group, and
 * excepted from all but the same ten.
 */
export async function fillCrowd(
  exchange: Exchange,
  tips: number,
  door = exchange.url,
): Promise<Record<"author" | "all" | "named" | "excepted", Partner> & { grow(more: number): Promise<void> }> {
  const author = await exchange.enrol("author", undefined, door);
  const all = await exchange.enrol("all");
  const named = await exchange.enrol("named");
  const excepted = await exchange.enrol("excepted");
  await exchange.steward.call("POST", "/v1/groups", { slug: "crowd", name: "Crowd" });
  for (const slug of ["author", "all", "excepted"])
    await exchange.steward.call("PUT", `/v1/groups/crowd/members/${slug}`);
  await send(exchange.url, await author.submission(1, ["group:crowd"], ["excepted"]));
  await send(exchange.url, await author.submission(1, ["group:crowd", "partner:named"]));
  const { results } = await exchange.db.prepare("SELECT tip_no FROM tip ORDER BY tip_no").all<{ tip_no: number }>();
  const [usual, rare] = results.map((row) => row.tip_no) as [number, number];

  const grow = async (more: number) => {
    const last = await exchange.db.prepare("SELECT max(seq) AS last FROM event").first<number>("last");
    const numbers = Array.from({ length: more }, (_, at) => at + last! + 1);
    // With the one submitted there are ten, spread evenly.
    const every = Math.ceil(numbers.length / (seen - 1));
    await copy(
      exchange.db,
      rare,
      numbers.filter((_, at) => at % every === 0),
    );
    const others = numbers.filter((_, at) => at % every !== 0);
    for (let at = 0; at < others.length; at += 5_000) await copy(exchange.db, usual, others.slice(at, at + 5_000));
  };
  await grow(tips - 2);
  return { author, all, named, excepted, grow };
}

async function copy(db: D1Database, from: number, numbers: readonly number[]): Promise<void> {
  const statements: D1PreparedStatement[] = [];
  for (const table of tables) {
    const { results } = await db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{ name: string }>();
    const columns = results.map((row) => row.name);
    const rows = columns.includes("tip_no") ? "tip_no = ?1" : "seq = (SELECT seq FROM tip_version WHERE tip_no = ?1)";
    const values = columns.map((column) => own[column] ?? `r.${column}`);
    const into = `WITH r AS MATERIALIZED (SELECT * FROM ${table} WHERE ${rows})
      INSERT INTO ${table} (${columns}) SELECT ${values} FROM json_each(?2) n CROSS JOIN r`;
    statements.push(db.prepare(into).bind(from, JSON.stringify(numbers)));
  }
  await db.batch(statements);
}
