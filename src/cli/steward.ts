/** `tipoff partner`, `tipoff group`, `tipoff invite`. */
import type { Command } from "commander";
import { listPartners } from "../client/directory.ts";
import { grantableScopes, kinds } from "../core/names.ts";
import { addHeldPartnerCommands } from "./held.ts";
import { keyTable } from "./keys.ts";
import { list, oneOf, type Row, session, wholeNumber } from "./session.ts";
import { show, table, UsageError } from "./terminal.ts";

/** Not the steward's own. */
const usual = grantableScopes.filter((scope) => scope !== "admin");

export function addPartnerCommands(program: Command): void {
  const partner = program.command("partner").description("the directory; enrolling, changing and suspending (steward)");
  const listed = (values: string[] | undefined): string => (values?.length ? values.join(", ") : "none");
  const text = (row: Row): string[] => [
    `${row.slug}: ${row.name}, ${row.kind} in ${row.country}${row.suspended_at ? `, suspended ${row.suspended_at}` : ""}`,
    `platforms  ${listed(row.platforms)}`,
    `domains    ${listed(row.domains)}`,
    `contact    ${listed(Object.values(row.contact ?? {}))}`,
    ...(row.legal_process_url ? [`records    serve legal process at ${row.legal_process_url}`] : []),
    // The steward alone is told these.
    ...(row.scopes ? [`scopes     ${listed(row.scopes)}${row.dpop ? "; DPoP required" : ""}`] : []),
    ...(row.purpose_approval ? [`purposes   approved one by one: tipoff purpose list --partner ${row.slug}`] : []),
    ...(row.attestation ? [`attested   ${row.attestation}`] : []),
    ...(row.ownership ? [`owned by   ${row.ownership}`] : []),
    ...(row.hold && row.hold !== "auto" ? [`held       ${row.hold}`] : []),
    ...(row.keys.length > 0 ? ["", ...keyTable(row.keys)] : ["No key yet."]),
  ];
  partner
    .command("list")
    .description("every partner of the exchange")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const partners = await listPartners(connection);
      show(json, { partners }, () =>
        table(
          ["partner", "kind", "country", "platforms", "name"],
          partners.map((row) => [row.slug, row.kind, row.country, row.platforms.join(", "), row.name]),
        ),
      );
    });
  partner
    .command("show <slug>")
    .description("one partner, with its public keys")
    .action(async (slug: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const row = await connection.call<Row>("GET", `/v1/partners/${slug}`);
      show(json, row, () => text(row));
    });
  const shared = (made: Command): Command =>
    made
      .option("--platforms <names>", "its platforms: accounts on them are its own", list)
      .option("--domains <domains>", "its domains, which stand for its platform", list)
      .option("--scopes <scopes>", grantableScopes.join(", "), list)
      .option("--email <address>", "contact")
      .option("--team <name>", "contact")
      .option("--legal-process-url <url>", 'where it takes legal process, shown with each of its tips; "" for none')
      .option("--dpop", "require DPoP")
      .option("--purpose-approval", "law enforcement: approve each of its purposes before it counts")
      .option("--no-purpose-approval", "law enforcement: a purpose counts as soon as it is stated")
      .option("--attestation <text>", "how the steward knows its kind")
      .option(
        "--ownership <name>",
        'whose it is, as you attest: of one ownership there is one voice in disputes; "" for none',
      )
      .option("--hold <when>", "whether its new tips are held: auto (by the exchange's rules), never, always");
  const bodyOf = (options: Row): Row => {
    const {
      email,
      team,
      purposeApproval,
      legalProcessUrl: url,
      ownership,
      hold,
      as: _as,
      exchange: _exchange,
      json: _json,
      ...rest
    } = options;
    const legal_process_url = url === "" ? null : url;
    if (hold !== undefined) oneOf("--hold", hold, ["auto", "never", "always"]);
    const approval = purposeApproval !== undefined && { purpose_approval: purposeApproval };
    return {
      ...rest,
      ...approval,
      ...(url !== undefined && { legal_process_url }),
      ...(ownership !== undefined && { ownership: ownership === "" ? null : ownership }),
      ...(hold !== undefined && { hold }),
      ...((email || team) && { contact: { ...(email && { email }), ...(team && { team }) } }),
    };
  };
  shared(
    partner
      .command("add <slug>")
      .description("steward: enrol a partner")
      .option("--name <name>", "required: as people call it")
      .option("--kind <kind>", `required: ${kinds.join(", ")}; never changes`)
      .option("--country <code>", "required: where it is, ISO 3166 in two capitals (XB); never changes")
      .addHelpText(
        "after",
        `
Examples:
  tipoff --as steward partner add photogram --name Photogram --kind platform --country XB --platforms photogram \\
    --domains photogram.example --email ti@photogram.example --attestation "Called back on the published number."
  tipoff --as steward invite photogram`,
      ),
  ).action(async (slug: string, options: Row, command: Command) => {
    const missing = ["name", "kind", "country"].filter((name) => options[name] === undefined);
    if (missing.length > 0)
      throw new UsageError(`partner add needs also ${missing.map((name) => `--${name}`).join(", ")}.`);
    oneOf("--kind", options.kind, kinds);
    if (!/^[A-Z]{2}$/.test(options.country))
      throw new UsageError("--country takes an ISO 3166 code of two capitals, such as XB.");
    const { connection, json } = await session(command);
    const row = await connection.call<Row>("POST", "/v1/partners", { scopes: usual, ...bodyOf(options), slug });
    show(json, row, () => [
      ...text(row),
      ...(row.kind === "platform" && row.platforms.length === 0
        ? [`It has no platform, so nothing will ever be its own: tipoff partner set ${slug} --platforms …`]
        : []),
      `Next: tipoff invite ${slug}`,
    ]);
  });
  shared(partner.command("set <slug>").description("steward: change a partner").option("--name <name>")).action(
    async (slug: string, options: Row, command: Command) => {
      const { connection, json } = await session(command);
      const row = await connection.call<Row>("PATCH", `/v1/partners/${slug}`, bodyOf(options));
      show(json, row, () => text(row));
    },
  );
  addHeldPartnerCommands(partner);
  for (const [deed, suspended, what] of [
    ["suspend", true, "steward: its tokens end now, and it sees nothing"],
    ["reinstate", false, "steward: it is a partner again"],
  ] as const) {
    partner
      .command(`${deed} <slug>`)
      .description(what)
      .action(async (slug: string, _options: unknown, command: Command) => {
        const { connection, json } = await session(command);
        const row = await connection.call<Row>("PATCH", `/v1/partners/${slug}`, { suspended });
        show(json, row, () => text(row));
      });
  }
}

export function addGroupCommands(program: Command): void {
  const group = program.command("group").description("sharing groups: yours; making them and their members (steward)");
  const text = (row: Row): string =>
    `${row.slug}: ${row.name}, ${row.mixed ? "mixed" : "closed to law enforcement"}${row.members ? `: ${row.members.join(", ") || "no members"}` : ""}`;
  group
    .command("list")
    .description("the groups you are in")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const found = await connection.call<{ groups: Row[] }>("GET", "/v1/groups");
      show(json, found, () => (found.groups.length > 0 ? found.groups.map(text) : "You are in no group."));
    });
  group
    .command("show <slug>")
    .description("one group, and its members where you may know them")
    .action(async (slug: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const row = await connection.call<Row>("GET", `/v1/groups/${slug}`);
      show(json, row, () => text(row));
    });
  group
    .command("make <slug>")
    .description("steward: a new group; what it is never changes")
    .requiredOption("--name <name>")
    .option("--mixed", "law enforcement may belong; never changes")
    .option("--open-roster", "members see each other")
    .action(
      async (slug: string, options: { name: string; mixed?: boolean; openRoster?: boolean }, command: Command) => {
        const { connection, json } = await session(command);
        const row = await connection.call<Row>("POST", "/v1/groups", {
          slug,
          name: options.name,
          mixed: options.mixed ?? false,
          open_roster: options.openRoster ?? false,
        });
        show(json, row, () => text(row));
      },
    );
  group
    .command("add <slug> <partner>")
    .description("steward: a membership begins now")
    .action(async (slug: string, partner: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const row = await connection.call<Row>("PUT", `/v1/groups/${slug}/members/${partner}`);
      show(json, row, () => `${partner} is in ${slug} from seq ${row.since} on.`);
    });
  group
    .command("remove <slug> <partner>")
    .description("steward: sight ends now, recalls follow")
    .action(async (slug: string, partner: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      await connection.call("DELETE", `/v1/groups/${slug}/members/${partner}`);
      show(json, { group: slug, partner }, () => `${partner} has left ${slug}.`);
    });
  program
    .command("invite <partner>")
    .description("steward: a code with which the partner joins, once, within its hours")
    .option("--hours <n>", "1 to 168", "72")
    .action(async (partner: string, options: { hours: string }, command: Command) => {
      const hours = wholeNumber("--hours", options.hours, 1);
      if (hours > 168) throw new UsageError("--hours takes 168 at most, which is a week.");
      const { connection, json } = await session(command);
      const made = await connection.call<Row>("POST", `/v1/partners/${partner}/invitations`, { hours });
      show(json, made, () => [
        `Tell ${partner}, over another channel, until ${made.expires_at}:`,
        `  tipoff join ${connection.profile.url} ${made.code}`,
      ]);
    });
}
