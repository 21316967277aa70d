/** `tipoff tip sign|submit|print|show|list|rescope|withdraw`. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Connection } from "../client/connect.ts";
import { type OwnTip, ownTip, signRescope, signWithdrawal, type WithdrawalReason } from "../client/own-tip.ts";
import { listTips, printTip, readTip, type TipFilter, type TipItem } from "../client/read-tip.ts";
import { type Submission, signTip, type TipContent } from "../client/tips.ts";
import { tlps, withdrawalReasons } from "../core/audience.ts";
import { labelOf, registry } from "../core/indicators/registry.ts";
import { byOrdinal, namesOf } from "../core/marks.ts";
import { tipStates, urgencies } from "../core/tip.ts";
import { triageFilters } from "../core/triage.ts";
import { notEvidence } from "../formats/words.ts";
import { requiredScope, scopeIn, scopeText, toHelp } from "./audience.ts";
import { summaryText } from "./feedback.ts";
import { circumstances } from "./home.ts";
import { claimLine } from "./operation.ts";
import { list, oneOf, type Row, readJson, sendKept, session, wholeNumber } from "./session.ts";
import { accepted, submitSigned } from "./submit.ts";
import { say, show, table, UsageError } from "./terminal.ts";

const mostListed = 1_000;

/** Law enforcement alone states a purpose. */
const isAgency = ({ profile }: Connection): boolean => profile.purpose !== undefined;

const documentHelp = `
The file holds what the author says; ids, author and times are filled in:
  { "tlp": "amber", "operation": { "name": "Harbour Lantern" },
    "indicators": [{ "type": "domain", "value": "harbour-news.example", "control": "operated" }] }
What else it may hold stands in the exchange's reference: /docs#schema-TipDocument
`;

/** The document with an id for its operation: its own, the one it goes on with, or a new one. */
const contentOf = (given: Row, current?: OwnTip): TipContent =>
  ({
    ...given,
    operation: { id: current?.operation.id ?? crypto.randomUUID(), ...given.operation },
  }) as TipContent;

const counted = (indicators: number): string => `${indicators} indicator${indicators === 1 ? "" : "s"}`;

/** One line a tip: is any of it mine, what is asked, by when, whom to ring. To an agency, which has no platform, none is its own. */
const line = (tip: TipItem, isAgency: boolean): string =>
  [
    `${tip.from}: ${tip.operation.name}`,
    ...(tip.state && tip.state !== "live" ? [tip.state] : []),
    isAgency || tip.through === "author"
      ? counted(tip.indicators.total)
      : `${tip.for_you.indicators} of ${tip.indicators.total} are yours`,
    ...(tip.ask
      ? [
          `asks: ${tip.ask.for.join(", ")}${tip.ask.respond_by ? ` by ${tip.ask.respond_by}` : ""}${tip.ask.urgency ? ` (${tip.ask.urgency})` : ""}`,
        ]
      : []),
    ...Object.entries(tip.marked ?? {}).map(([mark, count]) => `${count} ${mark}`),
    ...(tip.triage?.changed_at
      ? [`${tip.triage.state}${tip.triage.assignee ? ` with ${tip.triage.assignee}` : ""}`]
      : []),
    ...(tip.embargo ? [`embargo until ${tip.embargo.until}`] : []),
    `TLP:${tip.tlp}${tip.through === "author" ? "" : ` through ${tip.through}`}`,
    ...(tip.contact
      ? [`contact ${[tip.contact.team, tip.contact.email, tip.contact.phone].filter(Boolean).join(", ")}`]
      : []),
  ].join(" · ");

/** The command `tip`, for others to add to. */
export function addTipCommands(program: Command): Command {
  const tip = program.command("tip").description("write, read, rescope and withdraw tips");

  tip
    .command("sign <file>")
    .description("sign a document with its audience; nothing is sent")
    .requiredOption("--to <tokens>", toHelp, list)
    .option("--except <partners>", "partners that are not to see it", list)
    .option("--out <file>", "where to write it; standard output by default")
    .addHelpText("after", documentHelp)
    .action(async (file: string, options: { to: string[]; except?: string[]; out?: string }, command: Command) => {
      const { connection } = await session(command);
      const signed = JSON.stringify(await signTip(connection, contentOf(readJson(file)), requiredScope(options)));
      if (options.out) writeFileSync(options.out, signed, { mode: 0o600 });
      else say(signed);
    });

  tip
    .command("submit <file>")
    .description("send a signed tip, or sign a document (--to) and send it; with --revise as the next version")
    .option("--to <tokens>", `for a document that is not signed yet: ${toHelp}`, list)
    .option("--except <partners>", "partners that are not to see it", list)
    .option("--revise <tip>", "publish as the next version of this tip of yours")
    .option("--new", "make a new tip of what was sent before")
    .addHelpText(
      "after",
      `${documentHelp}\nExample: tipoff --as chirper tip submit tip.json --to platforms,group:election-cell`,
    )
    .action(
      async (
        file: string,
        { new: fresh, revise, ...options }: { to?: string[]; except?: string[]; revise?: string; new?: boolean },
        command: Command,
      ) => {
        const current = await session(command);
        const given = readJson(file) as Row;
        const signed = given.tip?.payload && given.audience?.payload ? (given as Submission) : undefined;
        if (signed && options.to) throw new UsageError(`${file} is signed already, with its audience: leave --to out.`);
        const scope = signed ? undefined : requiredScope(options);
        const { receipt, ...sent } = await submitSigned(
          current,
          ["submit", given, scope, revise],
          async () => {
            if (signed) return signed;
            const own = revise ? await ownTip(current.connection, revise) : undefined;
            return signTip(current.connection, contentOf(given, own), scope!, own);
          },
          !fresh && !revise,
        );
        show(current.json, { ...receipt, ...sent.scope }, () => accepted(receipt, sent.scope));
      },
    );

  tip
    .command("print <tip>")
    .description("one tip made for paper: a page to open in a browser and print; an intelligence lead, not evidence")
    .option("--out <file>", "where to write it", "tip.html")
    .action(async (id: string, { out }: { out: string }, command: Command) => {
      const { connection, json } = await session(command);
      circumstances.reading = true;
      writeFileSync(out, await printTip(connection, id), { mode: 0o600 });
      show(json, { tip: id, file: out }, () => `${out} is the tip, for paper. Open it in a browser.`);
    });

  tip
    .command("show <tip>")
    .description("one tip: what it says, and its indicators")
    .option("--envelope <file>", "also write the signed envelope with its receipt, for `tipoff verify`")
    .option("--limit <n>", "indicators shown", "20")
    .action(async (id: string, options: { envelope?: string; limit: string }, command: Command) => {
      const { connection, json } = await session(command);
      const limit = wholeNumber("--limit", options.limit);
      circumstances.reading = true;
      const found = await readTip(connection, id);
      const scope = found.audience && scopeIn(found.audience);
      if (options.envelope)
        writeFileSync(options.envelope, JSON.stringify({ envelope: found.envelope, receipt: found.receipt }), {
          mode: 0o600,
        });
      show(json, { ...found, ...scope }, () => {
        if (!found.document) return `Tip ${id} is ${found.state}: its content is gone.`;
        const marks = byOrdinal(found.marks);
        const shown = found.document.indicators.slice(0, limit);
        const rest = found.document.indicators.length - shown.length;
        return [
          line(found, isAgency(connection)),
          ...(found.operation.summary ? [found.operation.summary] : []),
          ...(isAgency(connection) ? [notEvidence] : []),
          ...(found.legal_process_url ? [`Records: serve legal process at ${found.legal_process_url}`] : []),
          ...(found.contact || found.through === "author" ? [] : [`Whom to ask: tipoff partner show ${found.from}`]),
          ...(found.claims ?? []).map(claimLine),
          ...(found.feedback ? [`Feedback: ${summaryText(found.feedback)}; who said what: tipoff feedback ${id}`] : []),
          ...(found.handling.length > 0 ? [`Handling: ${found.handling.join(", ")}`] : []),
          ...(found.state
            ? [`State: ${found.state}, version ${found.version}, audience revision ${found.revision}`]
            : []),
          ...(scope
            ? [`Audience: ${scopeText(scope)}${found.state === "live" ? "" : " (nobody else sees it now)"}`]
            : []),
          "",
          ...table(
            ["place", "type", "value", "platform", "id", "role", "control", ...(marks.size > 0 ? ["state"] : [])],
            shown.map((row, place) => [
              place,
              row.type,
              labelOf(row),
              row.platform,
              row.id,
              row.role,
              row.control ?? "unknown",
              ...(marks.size > 0 ? [namesOf(marks.get(place)).join(", ")] : []),
            ]),
          ),
          ...(rest > 0 ? [`… and ${rest} more (--limit ${found.document.indicators.length})`] : []),
        ];
      });
    });

  tip
    .command("list")
    .description("tips you may see, newest first")
    .option("--for-you", "only what lies on your own platforms and domains")
    .option("--from <partner>", "by this author")
    .option("--tlp <level>", "red, amber+strict, amber, green, clear")
    .option("--operation <id>", "about this operation")
    .option("--type <type>", "with an indicator of this type")
    .option("--platform <name>", "with an indicator on this platform")
    .option("--since <time>", "accepted since (RFC 3339, or a day)")
    .option("--through <token>", "that reached you so: platforms, group:…")
    .option("--urgency <level>", "routine, priority, urgent")
    .option("--state <state>", `your own that stand so: ${tipStates.join(", ")}`)
    .option("--triage <state>", `how it stands with your team: ${triageFilters.join(", ")}`)
    .option("--assignee <name>", "whom your team assigned it to")
    .option("--limit <n>", "tips shown", String(mostListed))
    .action(async (options: TipFilter & { forYou?: boolean; limit: string }, command: Command) => {
      const { forYou, limit, ...filter } = options;
      const most = wholeNumber("--limit", limit, 1);
      oneOf("--type", filter.type, [...registry.keys()]);
      oneOf("--tlp", filter.tlp, tlps);
      oneOf("--urgency", filter.urgency, urgencies);
      oneOf("--state", filter.state, tipStates);
      oneOf("--triage", filter.triage, triageFilters);
      const { connection, json } = await session(command);
      const found: TipItem[] = [];
      for await (const one of listTips(connection, { ...filter, for_you: forYou })) {
        found.push(one);
        if (found.length === most) break;
      }
      show(json, { tips: found }, () =>
        found.length === 0 ? "No tips." : found.map((row) => `${row.tip}  ${line(row, isAgency(connection))}`),
      );
    });

  tip
    .command("rescope <tip>")
    .description("change who may see your tip; those who gain sight are told, those who lose it recalled")
    .requiredOption("--to <tokens>", `the whole new audience: ${toHelp}`, list)
    .option("--except <partners>", "partners that are not to see it", list)
    .action(async (id: string, options: { to: string[]; except?: string[] }, command: Command) => {
      const scope = requiredScope(options);
      const current = await session(command);
      const own = await ownTip(current.connection, id);
      const { answer } = await sendKept<unknown, Row>(current, ["rescope", id, scope], async () => ({
        method: "PUT",
        path: `/v1/tips/${id}/audience`,
        body: await signRescope(current.connection, own, scope),
      }));
      show(current.json, { ...answer, ...scope }, () => [
        `Audience revision ${answer.revision} of ${id}, seq ${answer.seq}.`,
        `It goes to ${scopeText(scope)}.`,
        `Who lost sight of it is told so. Whose copies are gone: tipoff tip recall ${id}`,
      ]);
    });

  tip
    .command("withdraw <tip>")
    .description("take your tip back for good")
    .requiredOption("--reason <reason>", `${withdrawalReasons.join(", ")}; told to all who have or had it`)
    .option("--note <text>", "kept by the exchange; readers are not told it")
    .action(async (id: string, options: { reason: WithdrawalReason; note?: string }, command: Command) => {
      oneOf("--reason", options.reason, withdrawalReasons);
      const current = await session(command);
      const own = await ownTip(current.connection, id);
      const { answer } = await sendKept<unknown, Row>(current, ["withdraw", id, own.version, options], async () => ({
        method: "POST",
        path: `/v1/tips/${id}/withdrawal`,
        body: await signWithdrawal(current.connection, own, options.reason, options.note),
      }));
      show(
        current.json,
        answer,
        () =>
          `Withdrawn ${answer.withdrawn_at}; everyone who has it or had it is told. Whose copies are gone: tipoff tip recall ${id}`,
      );
    });

  return tip;
}
