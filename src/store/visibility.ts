/**
 * "This partner may see this tip": the one definition. Every door's SQL is composed of these pieces, in the batch that hands
 * something out. A query that uses `visible` or `through` starts with `WITH ${held(me)}` and names the tip's row `t`.
 */
import { type SQL, sql } from "./database.ts";

/** Whose sight is judged: a partner's, in a query that starts with `held`; or, as SQL, that of each row's, with `heldByEach`. */
export type Whose = string | SQL;

/** What the partner holds at this moment. */
export const held = (me: string): SQL =>
  sql`held AS MATERIALIZED (SELECT token, since FROM holds WHERE partner = ${me})`;

/** What each of many partners holds. */
export const heldByEach = (partners: SQL): SQL =>
  sql`held AS MATERIALIZED (SELECT partner, token, since FROM holds WHERE partner IN (${partners}))`;

/** What is held, as `h`. */
export const holding = (me: Whose): SQL =>
  typeof me === "string" ? sql`held h` : sql`(SELECT token, since FROM held WHERE partner = ${me}) h`;

/**
 * Its author always; others while it is live and they hold a token of its audience from before that audience was set,
 * unexcepted. Nobody once its content is erased.
 */
export const visible = (me: Whose, now: string): SQL => sql`(t.erased_at IS NULL AND (t.author = ${me} OR (
  t.withdrawn_at IS NULL AND t.suspended_at IS NULL AND t.expires_at > ${now}
  AND NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = t.tip_no AND x.partner = ${me})
  AND EXISTS (SELECT 1 FROM ${holding(me)} JOIN tip_token k ON k.token = h.token AND k.tip_no = t.tip_no WHERE h.since < t.audience_seq))))`;

/** How it stands with the reader's own tip `t`; NULL of others', of which those that ended are not seen. */
export const ownState = (me: string, now: string): SQL => sql`CASE WHEN t.author <> ${me} THEN NULL
  WHEN t.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN t.suspended_at IS NOT NULL THEN 'suspended'
  WHEN t.expires_at <= ${now} THEN 'expired' ELSE 'live' END`;

/** An event, row `e`, is told by a token the partner held before it: a newcomer who gains sight does not read the past. */
export const addressedTo = (me: Whose): SQL => sql`EXISTS (
  SELECT 1 FROM ${holding(me)} JOIN event_token a ON a.token = h.token AND a.seq = e.seq WHERE h.since < e.seq)`;

export const addressed = addressedTo("");

/**
 * The reader had sight of tip `t` when event `e` addressed its tokens, of the version that is still the current one. An
 * end is told to those alone: also after the tip's content and tokens were erased. An exception does not bind its author.
 */
export const hadSight = (me: Whose): SQL => sql`(e.version = t.version AND EXISTS (
  SELECT 1 FROM ${holding(me)} JOIN event_token a ON a.token = h.token AND a.seq = e.seq WHERE h.since < min(e.seq, t.audience_seq))
  AND (t.author = ${me} OR NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = t.tip_no AND x.partner = ${me})))`;

/** The one token by which it reached the reader, the narrowest it holds; 'author' for its author. */
export const through = (me: Whose): SQL => sql`CASE WHEN t.author = ${me} THEN 'author' ELSE (
  SELECT h.token FROM ${holding(me)} JOIN tip_token k ON k.token = h.token AND k.tip_no = t.tip_no WHERE h.since < t.audience_seq
  ORDER BY CASE WHEN h.token LIKE 'partner:%' THEN 0 WHEN h.token LIKE 'group:%' THEN 1
    WHEN h.token LIKE '%:%' THEN 2 WHEN h.token = 'everyone' THEN 4 ELSE 3 END, h.token LIMIT 1) END`;

/** Every partner but the author with sight by a tip's current audience, whatever the tip's state; also who is suspended now. */
export const sightOf = (tipNo: SQL): SQL => sql`
  SELECT DISTINCT h.partner FROM tip t CROSS JOIN tip_token k ON k.tip_no = t.tip_no
  JOIN (SELECT partner, token, since FROM would_hold) h ON h.token = k.token AND h.since < t.audience_seq
  WHERE t.tip_no = ${tipNo} AND h.partner <> t.author
  AND NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = t.tip_no AND x.partner = h.partner)`;

/**
 * An ended membership (row `gone`, its partner `p`) gave sight of tip `t` by its current audience: by the tokens that kind of
 * partner holds in a group, for what was scoped while it lasted.
 */
export const gaveSight: SQL = sql`t.author <> gone.partner AND t.audience_seq > gone.since AND t.audience_seq <= gone.until_seq
  AND NOT EXISTS (SELECT 1 FROM tip_except x WHERE x.tip_no = t.tip_no AND x.partner = gone.partner)
  AND EXISTS (SELECT 1 FROM tip_token k WHERE k.tip_no = t.tip_no AND (k.token = 'group:' || gone.group_slug || '+law-enforcement'
    OR (k.token = 'group:' || gone.group_slug AND p.kind <> 'law_enforcement')))`;

/** Those with sight and those the access records say were ever handed it (a suspended tip's sight counts: they had it). */
export const hadOrHas = (tipNo: SQL): SQL => sql`
  ${sightOf(tipNo)} UNION SELECT a.partner FROM access_tip a WHERE a.tip_no = ${tipNo}`;
