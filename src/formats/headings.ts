/**
 * The columns of a CSV that are ours, and every heading by which exports name them. The tables in `tipoff import --help` and
 * in docs/importing.md are made of this list. Case, spaces, hyphens, dots and underscores of a heading do not count.
 */

/** How a cell is read; `said` goes into the note with its heading, `own` makes indicators of their own. */
type Form = "text" | "short" | "list" | "procedures" | "number" | "day" | "lang" | "said" | "own";

export interface Heading {
  /** The member of an indicator, or for `own` its type. */
  field: string;
  headings: readonly string[];
  form: Form;
  /** One such column makes a first line a heading. */
  identifies?: true;
}

const one = (field: string, form: Form, ...more: string[]): Heading => ({
  field,
  headings: [field.replaceAll("_", " "), ...more],
  form,
});
const identifying = (field: string, form: Form, ...more: string[]): Heading => ({
  ...one(field, form, ...more),
  identifies: true,
});

export const headings: readonly Heading[] = [
  identifying("handle", "text", "username", "screen name", "user screen name", "account", "account name", "login"),
  identifying("id", "text", "user id", "account id", "profile id", "uid"),
  identifying("url", "text", "profile url", "account url", "link", "profile link", "permalink", "uri"),
  identifying("value", "text", "indicator", "indicator value", "observable", "ioc"),
  identifying("digest", "text"),
  identifying("email", "own", "email address", "mail"),
  identifying("phone", "own", "phone number", "telephone"),
  identifying("ip", "own", "ips", "ip address", "ip addresses", "login ip", "last ip", "signup ip", "registration ip"),
  identifying("domain", "own", "domain name", "host", "hostname", "fqdn"),
  identifying("hash", "own", "file hash", "md5", "sha1", "sha256", "pdq"),
  one("type", "text", "indicator type"),
  one("platform", "text", "social network"),
  one("kind", "text"),
  one("display_name", "short", "name", "full name", "user display name", "nickname"),
  one("former_handles", "list", "former usernames", "previous usernames", "previous handles"),
  one(
    "created_at",
    "day",
    "created",
    "created on",
    "date created",
    "creation date",
    "account creation date",
    "joined",
    "join date",
  ),
  one("followers", "number", "follower count", "followers count"),
  one("status", "short", "account status"),
  one("author", "text"),
  one("author_id", "text"),
  one("algorithm", "text"),
  one("of", "text"),
  one("filename", "text"),
  one("service", "text"),
  one("provider", "short"),
  one("asn", "number"),
  one("store", "text"),
  one("chain", "text"),
  one("impersonates", "text"),
  one("registered_at", "day", "registered", "registration date"),
  one("control", "text"),
  one("role", "text"),
  one("confidence", "number"),
  one("procedures", "procedures", "procedure"),
  one("persona", "short"),
  one("targets", "list"),
  one("basis", "list"),
  one("first_seen", "day"),
  one("last_seen", "day"),
  one("reported_at", "day", "reported", "ds"),
  one("valid_until", "text"),
  one("lang", "lang", "language", "account language"),
  one("translation", "text"),
  one("note", "text", "notes", "comment", "comments", "remarks"),
  one("country", "said"),
  one("location", "said"),
  one("description", "said", "bio"),
];

const formOf = (text: string): string => text.toLowerCase().replace(/[\s_.-]+/g, "");
const known = new Map(headings.flatMap((heading) => heading.headings.map((text) => [formOf(text), heading] as const)));

export const headingOf = (title: string): Heading | undefined => known.get(formOf(title));

const sayings: Partial<Record<Form, string>> = {
  own: "an indicator of its own in each row",
  list: "divided by semicolons or spaces",
  procedures: "divided by semicolons or spaces",
  said: "kept in the note",
};

/** The list as rows: the member, its headings, what is done with a cell. */
export const headingRows = (): { field: string; headings: string; says: string; identifies: boolean }[] =>
  headings.map(({ field, headings: names, form, identifies }) => ({
    field,
    headings: names.join(", "),
    says: sayings[form] ?? "",
    identifies: identifies === true,
  }));

/** For a file of columns none of which says what its rows name. */
export const noKnownHeading = (titles: readonly string[]): string =>
  `None of these columns names anything: ${titles.slice(0, 20).join(", ")}. One of these is needed: ${headings
    .filter(({ identifies }) => identifies)
    .map(({ headings: [name] }) => name)
    .join(", ")} (tipoff import --help has all headings).`;
