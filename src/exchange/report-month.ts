/**
 * The public report: of each whole month that is over, made once by the scheduled job, one month a run, and published as it
 * stands from then on. What of the counts may be published, core/transparency.ts decides.
 */
import { instant } from "../core/time.ts";
import {
  apart,
  type Counted,
  monthAfter,
  type Readings,
  type Report,
  reportOf,
  type Secret,
} from "../core/transparency.ts";
import { all, batch, first } from "../store/database.ts";
import * as store from "../store/transparency.ts";
import { derive, type Exchange, type ExchangeKey } from "./exchange.ts";

/** After a month's end, for what was in hand then to be recorded. */
const settling = 3_600_000;
/** Statements to see whether one is due, and to make one. */
const statements = { look: 1, report: 10 };

/** Derived from the exchange's key: the same again, also after a restore, and nobody else's to know. */
const secretOf =
  (key: ExchangeKey): Secret =>
  async (label, width) => {
    const bytes = await derive(key, `tipoff transparency ${label}`);
    return Number(new DataView(bytes.buffer).getBigUint64(0) % BigInt(width));
  };

/** Reports the first month that is over and was not reported yet, where there is one. Gives how many statements that took. */
export async function reportMonth(exchange: Exchange): Promise<number> {
  const { db, now } = exchange;
  const known = await first(db, store.selectReported);
  const month = known?.last ? monthAfter(known.last) : known?.first?.slice(0, 7);
  if (!month || instant(now - settling) < monthAfter(month)) return statements.look;
  const report = await makeReport(exchange, month);
  await batch(db, [store.insertReport({ month, report: JSON.stringify(report), made_at: instant(now) })]);
  return statements.look + statements.report;
}

async function makeReport({ db, key }: Exchange, month: string): Promise<Report> {
  const secret = secretOf(key);
  // "2026-10" sorts before every day and time of that month.
  const span = { from: month, before: monthAfter(month) };
  const [[tips], [indicators], [byTip], [withdrawn], [recalled], kinds, [refused], cells] = await batch(db, [
    store.countTips(span),
    store.countIndicators(span),
    store.countIndicatorsByTip(span),
    store.countTakenBack("withdrawn", span),
    store.countTakenBack("recalled", span),
    store.countPartners(span),
    store.countRefusals(month),
    store.countReadings(span),
  ]);
  const partners = (kind: string) => kinds.find((row) => row.kind === kind)?.partners ?? 0;
  const readings = cells.map((row): Readings => {
    const [country, legal_basis] = row.cell.split(" ") as [string, string];
    return { country, legal_basis, ...readingsOf(row) };
  });
  const alone = await apart(`${month} reads of`, readings, secret);
  const names = alone.map(({ country, legal_basis }) => `${country} ${legal_basis}`);
  const [rest] = await all(db, store.countReadings(span, names));
  const { authors, most, total } = indicators!;
  return reportOf(
    {
      month,
      tips: authorsOf(tips!),
      indicators: {
        total,
        by: { authors: { distinct: authors, most }, tips: { distinct: byTip!.tips, most: byTip!.most } },
      },
      partners: {
        platform: partners("platform"),
        research: partners("research"),
        law_enforcement: partners("law_enforcement"),
      },
      apart: alone,
      other: rest ? readingsOf(rest) : { total: 0, by: {} },
      refusals: refused!.refusals,
      withdrawn: authorsOf(withdrawn!),
      recalled: authorsOf(recalled!),
    },
    secret,
  );
}

const authorsOf = ({ total, authors, most }: store.ByAuthor): Counted => ({
  total,
  by: { authors: { distinct: authors, most } },
});

const readingsOf = (row: store.ReadingsRow): Counted => ({
  total: row.total,
  by: {
    agencies: { distinct: row.agencies, most: row.most_by_agency },
    cases: { distinct: row.cases, most: row.most_by_case },
    tips: { distinct: row.tips, most: row.most_by_tip },
  },
});

/** The reports, newest first, before a month. */
export async function readReports(
  { db }: Exchange,
  before: string,
  limit: number,
): Promise<{ months: (Report & { made_at: string })[]; more: boolean }> {
  const rows = await all(db, store.selectReports(before, limit + 1));
  const months = rows.slice(0, limit).map(({ report, made_at }) => ({ ...(JSON.parse(report) as Report), made_at }));
  return { months, more: rows.length > limit };
}
