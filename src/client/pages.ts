/** Lists that come in pages: a page is asked for when it is wanted, and a short or empty one is not the end. */
import type { Connection } from "./connect.ts";
import { queryOf } from "./send.ts";

/** The rows that each page holds as `member`, in their order. Throws as `call` does. */
export async function* rowsOf<Row>(
  connection: Connection,
  path: string,
  member: string,
  query: Parameters<typeof queryOf>[0] = {},
): AsyncGenerator<Row, void, undefined> {
  for (let after = ""; ; ) {
    const page = await connection.call<Record<string, Row[]> & { next: string | null; more: boolean }>(
      "GET",
      `${path}?${queryOf({ ...query, after })}`,
    );
    yield* page[member]!;
    if (!page.more || !page.next) return;
    after = page.next;
  }
}
