/** `GET /v1/export` */
import * as z from "zod";
import { tlps } from "../../core/audience.ts";
import { slug } from "../../core/names.ts";
import type { Problem } from "../../core/problem.ts";
import { problem } from "../../core/problem.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { instant } from "../../core/time.ts";
import { type ExportRow, exportIndicators } from "../../exchange/export-indicators.ts";
import { findPurpose } from "../../exchange/manage-purposes.ts";
import { purposeWords } from "../../exchange/print-tip.ts";
import { beginning, type Place, placeAfter } from "../../exchange/read-sights.ts";
import { type ExportedTip, objectOf, rowOf } from "../../formats/columns.ts";
import { csvOf, ndjsonOf } from "../../formats/csv-write.ts";
import { xlsxOf } from "../../formats/xlsx-write.ts";
import { inChunks } from "../body.ts";
import { judgeAgain } from "../door.ts";
import { operation, type Request } from "../operation.ts";
import { flag, pointInTime } from "../parameters.ts";

const formats = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
type Format = keyof typeof formats;

const query = z.strictObject({
  format: z.enum(["xlsx", "csv", "ndjson"]),
  after: z
    .string()
    .regex(/^[0-9]{1,15}\.[0-9]{1,5}$/, "Use <seq>.<ordinal> of the last whole row you have.")
    .optional()
    .describe("Go on behind that row: its `seq` and `ordinal`, with a full stop between them. Not for xlsx."),
  since: pointInTime.optional().describe("Only tips that you gained sight of after that time."),
  embargoed: flag.describe("Also tips under an embargo: what it forbids binds you."),
  group: slug.optional().describe("Only tips that reach you through this group."),
  tlp: z.enum(tlps).optional(),
});

export const exportIndicatorsOperation = operation({
  id: "exportIndicators",
  method: "GET",
  path: "/v1/export",
  tag: "Tips",
  access: "tips:read",
  summary: "Export the indicators of all tips you may see, as a file",
  description:
    "A row for each indicator, with what binds you of its tip. The order is that in which you gained sight: what comes later stands behind. A download that breaks off is not whole; CSV and NDJSON are resumed with `after`. CSV is UTF-8 with a byte order mark, and no cell of it is a formula; in xlsx all but counts are text, so that long ids keep their digits. The columns are in docs/exporting.md.",
  query,
  answers: {
    200: {
      description: "The file, in the format asked for.",
      type: formats.csv,
      others: [formats.ndjson, formats.xlsx],
      headers: { "content-disposition": "The file's name." },
    },
  },
  async run(request) {
    const { exchange, caller, query: asked } = request;
    const { format, embargoed = false, group, tlp } = asked;
    const from = await placeOf(request, asked);
    if (!from.ok) return from;
    const opened = await exportIndicators(
      exchange,
      caller,
      from.value,
      { embargoed, ...(group && { group }), ...(tlp && { tlp }) },
      judgeAgain(caller, "tips:read"),
    );
    if (!opened.ok) return opened;
    const { rows, connection } = opened.value;
    const day = instant(exchange.now).slice(0, 10);
    return ok({
      status: 200,
      type: formats[format],
      headers: { "content-disposition": `attachment; filename="tipoff-${day}.${format}"` },
      body: inChunks(
        bytesOf(
          request,
          format,
          rows(),
          asked.after !== undefined,
          format === "xlsx" ? await purposeOf(request) : undefined,
        ),
        connection,
        request.context.get("request_id"),
        caller.work,
      ),
    });
  },
});

async function placeOf({ exchange }: Request, asked: z.infer<typeof query>): Promise<Result<Place, Problem>> {
  const { after, since, format } = asked;
  if (after && (since || format === "xlsx")) {
    const detail = since
      ? "`after` goes on where `since` began: send `after` alone."
      : "An xlsx file cannot be resumed.";
    return err(problem("malformed-parameter", detail, [{ pointer: "/after", detail }]));
  }
  if (since) return ok(await placeAfter(exchange, since));
  if (!after) return ok(beginning);
  const [seq, ordinal] = after.split(".").map(Number) as [number, number];
  return ok({ seq, ordinal: ordinal + 1 });
}

/** In words, for whoever finds the workbook. */
async function purposeOf({ exchange, caller }: Request): Promise<string | undefined> {
  const stated = caller.purpose ? await findPurpose(exchange, caller.partner, caller.purpose) : undefined;
  return stated && purposeWords(stated.legal_basis, stated.case_reference, stated.unit);
}

function bytesOf(
  { exchange, caller }: Request,
  format: Format,
  rows: AsyncGenerator<ExportRow>,
  resumed: boolean,
  purpose: string | undefined,
) {
  if (format === "ndjson") return ndjsonOf(each(rows, objectOf));
  const cells = each(rows, rowOf);
  if (format === "csv") return csvOf(cells, resumed);
  return xlsxOf(cells, {
    exchange: exchange.url,
    partner: caller.partner,
    at: instant(exchange.now),
    ...(purpose !== undefined && { purpose }),
  });
}

async function* each<Made>(
  rows: AsyncGenerator<ExportRow>,
  make: (tip: ExportedTip, ordinal: number, indicator: ExportRow["indicator"]) => Made,
): AsyncGenerator<Made> {
  let of: ExportRow["sight"] | undefined;
  let tip: ExportedTip | undefined;
  for await (const { sight, marks, ordinal, indicator } of rows) {
    if (sight !== of) tip = { ...exportedTip(sight), marks };
    of = sight;
    yield make(tip!, ordinal, indicator);
  }
}

/** As the columns say it; `seq` is where a reader goes on. */
const exportedTip = (row: ExportRow["sight"]): ExportedTip => ({
  ...(JSON.parse(row.heading) as ExportedTip),
  tip: row.tip,
  version: row.version,
  from: row.author,
  seq: row.sight_seq,
  accepted_at: row.accepted_at,
  through: row.through,
  digest: row.digest,
  ...(row.legal_process_url && { legal_process_url: row.legal_process_url }),
});
