/**
 * An export of accounts with the header of X's disclosures (`userid,user_display_name,…`). Whose accounts they are is said
 * by the caller. Ids are text from first to last: 19 digits do not survive a number.
 */
import type { Indicator } from "../core/indicators/family.ts";
import { dayOf } from "./comment.ts";
import { type Contents, type Context, contents, unread } from "./reading.ts";
import type { Table } from "./table.ts";
import { canonical } from "./value.ts";

export function readAccountExport(table: Table, context: Context): Contents {
  const { header, rows, faults } = table;
  const columns = new Map(header.map((name, at) => [name, at] as const).reverse());
  const readings = rows.map(({ line, cells }) => {
    if (!context.platform) return unread(line, "Say whose accounts these are with --platform.");
    const cell = (name: string) => cells[columns.get(name) ?? -1]?.trim() || undefined;
    const id = cell("userid");
    if (id && /^\d(\.\d+)?e\+?\d+$/i.test(id))
      return unread(line, "A spreadsheet has shortened this id; export it again as text.");
    const created = dayOf(cell("account_creation_date") ?? "");
    const followers = Number(cell("follower_count")?.replaceAll(",", "") ?? Number.NaN);
    const lang = cell("account_language");
    const account = canonical(
      {
        type: "account",
        platform: context.platform,
        kind: "profile",
        ...(id ? { id } : {}),
        // Small accounts are disclosed under a hash, which is then their name too.
        ...(cell("user_screen_name") && cell("user_screen_name") !== id ? { handle: cell("user_screen_name") } : {}),
        ...(cell("user_display_name") && cell("user_display_name") !== id
          ? { display_name: cell("user_display_name")!.slice(0, 256) }
          : {}),
        ...(created ? { created_at: created } : {}),
        ...(Number.isSafeInteger(followers) && followers >= 0 ? { followers } : {}),
        ...(lang && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(lang) ? { lang } : {}),
        ...noteOf(cell),
      },
      context.sites,
    );
    return account
      ? { line, indicators: [account as Indicator], measures: [], observations: [] }
      : unread(line, "The row has neither an id nor a handle.");
  });
  for (const { line, reason } of faults) readings.push(unread(line, reason));
  return contents(readings);
}

/** What a profile says of itself; it is the operation's word, so it is kept as a note. */
function noteOf(cell: (name: string) => string | undefined): { note?: string } {
  const said = [
    ["location", cell("user_reported_location")],
    ["link", cell("user_profile_url")],
    ["profile", cell("user_profile_description")],
  ].filter(([, value]) => value !== undefined);
  const note = said.map(([name, value]) => `${name}: ${value}`).join("; ");
  return note === "" ? {} : { note: note.slice(0, 2_000) };
}
