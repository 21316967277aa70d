/** `tipoff read-token`: tokens for tools that sign nothing. One is shown once, or goes into a file and is shown nowhere. */
import type { Command } from "commander";
import type { Connection } from "../client/connect.ts";
import { Unreachable } from "../client/problem.ts";
import { listReadTokens, makeReadToken, type ReadToken, revokeReadToken } from "../client/read-tokens.ts";
import { limits } from "../core/limits.ts";
import { newSecretFile } from "./secret-file.ts";
import { list, session, wholeNumber } from "./session.ts";
import { show, table, tell, UsageError } from "./terminal.ts";

interface AddOptions {
  address?: string[];
  days?: string;
  description?: string;
  file?: string;
}

export function addReadTokenCommands(program: Command): void {
  const group = program
    .command("read-token")
    .description("for tools that sign nothing (TAXII clients, MISP, a spreadsheet): they read, and nothing else")
    .addHelpText(
      "after",
      `
A tool sends it as the password of Basic credentials, with any user name, or as "authorization: Bearer …" or "Token …"; never in
a URL. A token is named by its id, or by as much of its beginning as only it has.

Examples:
  tipoff read-token add --description OpenCTI --file opencti.token
  tipoff --as cyber-unit read-token add --address 203.0.113.7,198.51.100.0/28 --days 30
  tipoff read-token revoke 2b1f`,
    );

  group
    .command("add")
    .description("make one; law enforcement's is for the profile's purpose, and ends with it")
    .option(
      "--address <list>",
      "addresses and ranges it is taken from; law enforcement, and who must use DPoP, names some",
      list,
    )
    .option("--days <n>", `until it expires, ${limits.read_token.days} at most`)
    .option("--description <text>", "which tool it is for")
    .option("--file <file>", "write it there, for its owner alone, and show it nowhere")
    .action(async (options: AddOptions, command: Command) => {
      const { connection, json } = await session(command);
      const file = options.file === undefined ? undefined : newSecretFile(options.file);
      const made = await makeReadToken(connection, {
        ...(options.address && { addresses: options.address }),
        ...(options.days !== undefined && { days: wholeNumber("--days", options.days, 1) }),
        ...(options.description !== undefined && { description: options.description }),
      }).catch((error: unknown) => {
        file?.forget();
        if (error instanceof Unreachable && error.redirects_to === undefined)
          tell("Whether it was made is not known: tipoff read-token list shows it. Its text is lost: revoke it.");
        throw error;
      });
      const { token, ...row } = made;
      try {
        file?.keep(token);
      } catch (error) {
        const why = `it could not be written (${(error as NodeJS.ErrnoException).code})`;
        throw new UsageError(`It is made, but ${why}: tipoff read-token revoke ${row.read_token}, and make another.`);
      }
      show(json, file ? { ...row, file: options.file } : made, () => [
        `Made: ${row.read_token}, until ${row.expires_at}${row.purpose ? " or its purpose's end" : ""}, from ${row.addresses?.join(", ") ?? "anywhere"}.`,
        file ? `It is in ${options.file}, for you alone.` : `The token, shown this once: ${token}`,
      ]);
    });

  group
    .command("list")
    .description("yours, the newest first; never the tokens themselves")
    .action(async (_options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const rows = await all(connection);
      show(json, { read_tokens: rows }, () =>
        rows.length === 0
          ? "You have no read token: tipoff read-token add"
          : table(
              ["read token", "for", "from", "expires", "last used", "revoked"],
              rows.map((row) => [
                row.read_token,
                row.description,
                row.addresses?.join(", ") ?? "anywhere",
                row.expires_at,
                row.used_on,
                row.revoked_at,
              ]),
            ),
      );
    });

  group
    .command("revoke <read-token>")
    .description("end one: it is refused from its next request on")
    .action(async (name: string, _options: unknown, command: Command) => {
      const { connection, json } = await session(command);
      const id = await idOf(connection, name);
      await revokeReadToken(connection, id);
      show(json, { read_token: id, revoked: true }, () => `${id} is revoked: nothing is read by it any more.`);
    });
}

async function all(connection: Connection): Promise<ReadToken[]> {
  const rows: ReadToken[] = [];
  for await (const row of listReadTokens(connection)) rows.push(row);
  return rows;
}

/** The one whose id begins so. A whole id is not looked up: the exchange says whether it is there. */
async function idOf(connection: Connection, name: string): Promise<string> {
  if (/^tipoff_rt_/.test(name)) throw new UsageError("Name it by its id, not by the token: tipoff read-token list");
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)) return name;
  const meant = (await all(connection)).map((row) => row.read_token).filter((id) => id.startsWith(name.toLowerCase()));
  if (meant.length === 1) return meant[0]!;
  throw new UsageError(
    meant.length === 0
      ? `No read token of yours begins with "${name}": tipoff read-token list`
      : `"${name}" may be ${meant.join(" or ")}: say more of it.`,
  );
}
