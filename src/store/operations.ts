/** What the view of an operation is made of: tips, gathered and judged by the one rule, and what is said among them. */
import { limits } from "../core/limits.ts";
import { instant } from "../core/time.ts";
import type { Reader } from "./accesses.ts";
import { json, literal, sql } from "./database.ts";
import { mine } from "./reading.ts";
import type { ClaimRow } from "./relations.ts";
import { held, visible } from "./visibility.ts";

/**
 * Tips of the operation that the reader may see, the newest so many, and those it may see that are connected to them, from
 * either side, and carry another operation's id.
 */
export function selectGathered({ partner }: Reader, operation: string, now: number) {
  const most = literal(limits.operation.tips);
  const sees = visible(partner, instant(now));
  return sql<{ tip_no: number; linked: number }>`
    WITH ${held(partner)},
      own AS MATERIALIZED (
        SELECT t.tip_no, t.tip FROM tip t WHERE t.operation = ${operation} AND ${sees} ORDER BY t.tip_no DESC LIMIT ${most}),
      linked AS MATERIALIZED (SELECT * FROM (
        SELECT q.tip_no FROM own o CROSS JOIN tip_relation tr ON tr.tip_no = o.tip_no CROSS JOIN tip q ON q.tip = tr.related
        UNION SELECT tr.tip_no FROM own o CROSS JOIN tip_relation tr ON tr.related = o.tip
        UNION SELECT cl.related_no FROM own o CROSS JOIN claim cl ON cl.tip_no = o.tip_no
        UNION SELECT cl.tip_no FROM own o CROSS JOIN claim cl ON cl.related_no = o.tip_no) LIMIT ${literal(limits.candidates)})
    SELECT tip_no, 0 AS linked FROM own
    UNION ALL SELECT * FROM (
      SELECT t.tip_no, 1 FROM linked l CROSS JOIN tip t ON t.tip_no = l.tip_no
      WHERE t.operation <> ${operation} AND ${sees} ORDER BY t.tip_no DESC LIMIT ${most})`;
}

/** What is said among the tips gathered, by number, as far as it begins at one of the page's. */
export const selectClaims = ({ partner }: Reader, page: readonly number[], among: readonly number[], now: number) =>
  sql<ClaimRow>`
  WITH ${held(partner)},
    seen AS MATERIALIZED (
      SELECT t.tip_no, t.tip FROM json_each(${json(among)}) n CROSS JOIN tip t ON t.tip_no = n.value
      WHERE ${visible(partner, instant(now))}),
    page AS (SELECT q.tip_no, q.tip, q.author FROM json_each(${json(page)}) n CROSS JOIN tip q ON q.tip_no = n.value
      WHERE q.tip_no IN (SELECT tip_no FROM seen))
  SELECT tr.relation, p.tip, tr.related, p.author AS claimed_by
  FROM page p CROSS JOIN tip_relation tr ON tr.tip_no = p.tip_no WHERE tr.related IN (SELECT tip FROM seen)
  UNION ALL SELECT cl.relation, p.tip, r.tip, cl.partner
  FROM page p CROSS JOIN claim cl ON cl.tip_no = p.tip_no CROSS JOIN seen r ON r.tip_no = cl.related_no`;

export interface GatheredRow {
  tip_no: number;
  tip: string;
  author: string;
  operation: string;
  name: string;
  first_seen: string | null;
  last_seen: string | null;
  accepted_at: string;
  types: string | null;
  mine: number;
  ask: string | null;
}

/** What the view of an operation is summed of. Where a tip was revised meanwhile it is the new one; where it was hidden, nothing. */
export const selectSummands = (reader: Reader, numbers: readonly number[], now: number) => sql<GatheredRow>`
  WITH ${held(reader.partner)}
  SELECT t.tip_no, t.tip, t.author, t.operation, v.heading ->> '$.operation.name' AS name,
    v.heading ->> '$.operation.first_seen' AS first_seen, v.heading ->> '$.operation.last_seen' AS last_seen,
    t.accepted_at, (SELECT json_group_object(y.type, y.indicators) FROM tip_type y WHERE y.tip_no = t.tip_no) AS types,
    ${mine(reader)} AS mine, v.heading ->> '$.ask' AS ask
  FROM json_each(${json(numbers)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
  WHERE ${visible(reader.partner, instant(now))} ORDER BY t.tip_no DESC`;

export const selectAliases = ({ partner }: Reader, numbers: readonly number[], most: number, now: number) => sql<{
  alias: string;
}>`
  WITH ${held(partner)}
  SELECT DISTINCT l.value AS alias FROM json_each(${json(numbers)}) n CROSS JOIN tip t ON t.tip_no = n.value
    CROSS JOIN tip_version v ON v.tip_no = t.tip_no AND v.version = t.version
    CROSS JOIN json_each(v.heading -> '$.operation.aliases') l
  WHERE ${visible(partner, instant(now))} ORDER BY 1 LIMIT ${literal(most)}`;
