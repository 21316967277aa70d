/** `tipoff purpose`: why an agency reads, registered ahead; and the steward's approval. */
import type { Command } from "commander";
import { endPurpose, listPurposes, type RegisteredPurpose, readPurpose, registerPurpose } from "../client/purposes.ts";
import type { Purpose } from "../core/purpose.ts";
import { loadProfile, saveProfile } from "./home.ts";
import { type PurposeOptions, purposeOf, withPurpose } from "./purpose-options.ts";
import { session } from "./session.ts";
import { show, table, UsageError } from "./terminal.ts";

const what: Record<RegisteredPurpose["state"], string> = {
  waiting: "waits for the steward's approval: nothing is read for it before",
  active: "is active",
  over: "is over",
  ended: "is ended: nothing is read for it any more",
};

const purposeText = (row: RegisteredPurpose): string[] => [
  `${row.purpose} ${what[row.state]}${row.ended_by ? ` (by the ${row.ended_by === "steward" ? "steward" : "agency"}, ${row.ended_at})` : ""}`,
  `case        ${row.case}`,
  `basis       ${row.legal_basis}`,
  `unit        ${row.unit}`,
  `until       ${row.until}`,
  ...(row.non_disclosure ? [`silent      until ${row.non_disclosure.until}: ${row.non_disclosure.basis}`] : []),
  `registered  ${row.made_at}${row.approved_at ? `, approved ${row.approved_at}` : ""}`,
];

const ofPartner = (partner: string, purpose = "", deed = ""): string =>
  `/v1/partners/${encodeURIComponent(partner)}/purposes${purpose && `/${encodeURIComponent(purpose)}`}${deed}`;

/** As it is stated, without what became of it. */
const statedOf = ({ type, legal_basis, case: reference, unit, until, non_disclosure }: RegisteredPurpose): Purpose => ({
  type,
  legal_basis,
  case: reference,
  unit,
  until,
  ...(non_disclosure && { non_disclosure }),
});

/** The profile states it from now on. */
function keep(name: string, row: RegisteredPurpose): void {
  saveProfile(name, { ...loadProfile(name, undefined).profile, purpose: statedOf(row) });
}

export function addPurposeCommands(program: Command): void {
  const group = program
    .command("purpose")
    .description("law enforcement: why you read, registered ahead, used, ended; approve (steward)")
    .addHelpText(
      "after",
      `
Where the steward approves purposes, add one and wait; elsewhere \`tipoff token\` states one as well. With its end end the tokens,
read tokens and subscriptions that are bound to it.

Examples:
  tipoff --as cyber-unit purpose add --case XA-17 --basis court-order --unit "Unit 3" --until 2027-01-31T00:00:00Z --use
  tipoff --as steward purpose list --partner cyber-unit
  tipoff --as steward purpose approve cyber-unit PURPOSE`,
    );

  withPurpose(group.command("add").description("register one; the same again is the same one"))
    .option("--use", "the profile states it from now on, in place of the one it has")
    .action(async (options: PurposeOptions & { use?: boolean }, command: Command) => {
      const stated = purposeOf(options);
      if (!stated) throw new UsageError("A purpose needs --case, --basis, --unit and --until, or --purpose.");
      const { connection, json, name } = await session(command);
      const row = await registerPurpose(connection, stated);
      const isUsed = options.use || connection.profile.purpose === undefined;
      if (isUsed) keep(name, row);
      show(json, row, () => [
        ...purposeText(row),
        isUsed ? `The profile "${name}" states it from now on.` : `To read for it: tipoff purpose use ${row.purpose}`,
      ]);
    });

  group
    .command("list")
    .description("yours, the newest first; with --partner an agency's (steward)")
    .option("--partner <slug>", "whose (the steward's form)")
    .action(async ({ partner }: { partner?: string }, command: Command) => {
      const { connection, json } = await session(command);
      const purposes: RegisteredPurpose[] = [];
      if (partner === undefined) for await (const row of listPurposes(connection)) purposes.push(row);
      for (let after = ""; partner !== undefined; ) {
        const path = `${ofPartner(partner)}?limit=200${after && `&after=${after}`}`;
        const page = await connection.call<{ purposes: RegisteredPurpose[]; next: string | null }>("GET", path);
        purposes.push(...page.purposes);
        if (!page.next) break;
        after = page.next;
      }
      show(json, { purposes }, () =>
        purposes.length === 0
          ? "There is no purpose yet."
          : table(
              ["purpose", "state", "basis", "case", "unit", "until", "silent until"],
              purposes.map((row) => [
                row.purpose,
                row.state,
                row.legal_basis,
                row.case,
                row.unit,
                row.until,
                row.non_disclosure?.until,
              ]),
            ),
      );
    });

  group
    .command("show <purpose>")
    .description("one of yours, as it is now")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const row = await readPurpose(connection, id);
      show(json, row, () => purposeText(row));
    });

  group
    .command("use <purpose>")
    .description("one of yours is what this profile states from now on")
    .action(async (id: string, _options: unknown, command: Command) => {
      const { connection, json, name } = await session(command);
      const row = await readPurpose(connection, id);
      keep(name, row);
      show(json, row, () => [...purposeText(row), `The profile "${name}" states it from now on.`]);
    });

  group
    .command("end <purpose>")
    .description("end one for ever; with --partner decline an agency's, or take its approval back (steward)")
    .option("--partner <slug>", "whose (the steward's form)")
    .action(async (id: string, { partner }: { partner?: string }, command: Command) => {
      const { connection, json } = await session(command);
      const row =
        partner === undefined
          ? await endPurpose(connection, id)
          : await connection.call<RegisteredPurpose>("POST", ofPartner(partner, id, "/end"));
      show(json, row, () => purposeText(row));
    });

  group
    .command("approve <partner> <purpose>")
    .description("steward: the agency reads for it from now on")
    .action(async (partner: string, id: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const row = await connection.call<RegisteredPurpose>("POST", ofPartner(partner, id, "/approve"));
      show(json, row, () => purposeText(row));
    });
}
