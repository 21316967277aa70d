/** `tipoff held list|take-back` for a tip's author; `tipoff partner held|release|refuse` for the steward, who sees counts alone. */
import type { Command } from "commander";
import { listHeldTips, takeBackHeldTip } from "../client/held-tips.ts";
import { circumstances } from "./home.ts";
import { type Row, session } from "./session.ts";
import { show, table } from "./terminal.ts";

export function addHeldCommands(program: Command): void {
  const held = program
    .command("held")
    .description("your tips that the exchange holds until the steward lets them go: list, take back");
  held
    .command("list")
    .description("which, since when, and why")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const found = await listHeldTips(connection);
      show(json, { held_tips: found }, () =>
        found.length === 0
          ? "Nothing of yours is held."
          : table(
              ["tip", "version", "since", "why", "state", "digest"],
              found.map((row) => [
                row.tip,
                row.version,
                row.held_at,
                row.reason,
                row.problem ? `${row.state}: ${row.problem.slug}` : row.state,
                row.digest,
              ]),
            ),
      );
    });
  held
    .command("take-back <digest>")
    .description("erase it: nobody learns that there was one")
    .action(async (digest: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      circumstances.missing = "Yours that are held, with their digests: tipoff held list";
      await takeBackHeldTip(connection, digest);
      show(json, { digest }, () => "Taken back.");
    });
}

/** Beside the other commands of `tipoff partner`. */
export function addHeldPartnerCommands(partner: Command): void {
  const countsText = (counts: Row): string =>
    Object.entries(counts)
      .map(([type, count]) => `${type} ${count}`)
      .join(", ");
  partner
    .command("held <slug>")
    .description("steward: how much of a partner's is held; counts, no content")
    .action(async (slug: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const found = await connection.call<{ held_tips: Row[] }>("GET", `/v1/partners/${slug}/held-tips`);
      show(json, found, () =>
        found.held_tips.length === 0
          ? `Nothing of ${slug} is held.`
          : table(
              ["digest", "since", "why", "state", "indicators", "bytes", "recipients"],
              found.held_tips.map((row) => [
                row.digest,
                row.held_at,
                row.reason,
                row.problem ? `${row.state}: ${row.problem}` : row.state,
                countsText(row.indicators),
                row.bytes,
                row.recipients,
              ]),
            ),
      );
    });
  for (const [deed, path, what] of [
    ["release", "release", "steward: let a held tip go; it is submitted as of now"],
    ["refuse", "refusal", "steward: erase a held tip; its author sees that you did"],
  ] as const) {
    partner
      .command(`${deed} <slug> <digest>`)
      .description(what)
      .action(async (slug: string, digest: string, _options: unknown, command: Command) => {
        const { connection, json } = await session(command);
        circumstances.missing = `What is held, with its digests: tipoff partner held ${slug}`;
        const done = await connection.call<Row>("POST", `/v1/partners/${slug}/held-tips/${digest}/${path}`, {});
        show(json, done, () =>
          done.state === "failed"
            ? `It could not be published (${done.problem}): ${slug} is told why, and it stays held.`
            : `It is ${done.state}.`,
        );
      });
  }
}
