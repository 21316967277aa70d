/** `tipoff accesses`, `tipoff transparency`. */
import type { Command } from "commander";
import {
  type Access,
  type AccessFilter,
  type Handed,
  listAccesses,
  listTipAccesses,
  type MonthReport,
  readTransparency,
} from "../client/accesses.ts";
import { ExchangeProblem } from "../client/problem.ts";
import { session, wholeNumber } from "./session.ts";
import { show, table, tell } from "./terminal.ts";

const mostListed = 1_000;

async function firstOf<Row>(rows: AsyncGenerator<Row>, most: number): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) {
    if (found.length === most) {
      tell(`There are more than these ${most}: --limit shows more.`);
      break;
    }
    found.push(row);
  }
  return found;
}

export function addAccessCommands(program: Command): void {
  program
    .command("accesses")
    .description("what you were handed; of a tip of yours, to whom it was handed (steward: what everybody was)")
    .option("--tip <tip>", "of this tip")
    .option("--partner <slug>", "what this partner was handed (the steward's form)")
    .option("--since <day>", "from this day on, YYYY-MM-DD")
    .option("--until <day>", "up to this day, which is included")
    .option("--limit <n>", "records shown", String(mostListed))
    .addHelpText("after", "\nExamples:\n  tipoff accesses --tip TIP\n  tipoff accesses --since 2026-11-01")
    .action(async ({ limit, ...filter }: AccessFilter & { limit: string }, command: Command) => {
      const most = wholeNumber("--limit", limit, 1);
      const { connection, json } = await session(command);
      const { tip, partner, since, until } = filter;
      const own = tip && !(partner || since || until) ? await handedOf(tip) : undefined;
      if (own) return show(json, { accesses: own }, () => handedText(own));
      const found = await firstOf(listAccesses(connection, filter), most);
      show(json, { accesses: found }, () => accessText(found));

      /** Undefined where the tip is not one's own: then it is asked what one was handed of it. */
      async function handedOf(tip: string): Promise<Handed[] | undefined> {
        try {
          return await firstOf(listTipAccesses(connection, tip), most);
        } catch (error) {
          if (error instanceof ExchangeProblem && error.status === 404) return undefined;
          throw error;
        }
      }
    });

  program
    .command("transparency")
    .description("what the exchange publishes of each month that is over")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const months = await readTransparency(connection);
      show(json, { months }, () =>
        months.length === 0
          ? "No month is over yet."
          : months.flatMap((month) => [...monthText(month), ""]).slice(0, -1),
      );
    });
}

const handedText = (rows: readonly Handed[]): string[] =>
  rows.length === 0
    ? ["Nobody was handed it yet, as far as you are told."]
    : table(
        ["day", "partner", "kind", "country", "legal basis"],
        rows.map(({ day, partner, kind, country, legal_bases }) => [
          day,
          partner,
          kind,
          country,
          legal_bases?.join(", "),
        ]),
      );

const accessText = (rows: readonly Access[]): string[] =>
  rows.length === 0
    ? ["No record."]
    : table(
        ["day", "partner", "tip", "version", "door", "legal basis", "case", "unit"],
        rows.map((row) => [row.day, row.partner, row.tip, row.version, row.door, row.legal_basis, row.case, row.unit]),
      );

const figure = (value: number | null): string | number => value ?? "–";

function monthText({ month, partners, law_enforcement_reads: reads, ...rest }: MonthReport): string[] {
  return [
    `${month} (rounded; – is too few, or of too few, to say)`,
    ...table(
      ["", ""],
      [
        ["tips", figure(rest.tips)],
        ["indicators", figure(rest.indicators)],
        ["platforms", figure(partners.platform)],
        ["researchers", figure(partners.research)],
        ["law-enforcement agencies", figure(partners.law_enforcement)],
        ...reads.apart.map((cell) => [
          `readings by law enforcement, ${cell.country}, ${cell.legal_basis}`,
          figure(cell.reads),
        ]),
        ["readings by law enforcement, all other", figure(reads.other)],
        ["refusals of law enforcement", figure(rest.refusals)],
        ["tips withdrawn", figure(rest.withdrawn)],
        ["tips recalled", figure(rest.recalled)],
      ],
    ).slice(1),
  ];
}
