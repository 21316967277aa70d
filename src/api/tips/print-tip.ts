/** `GET /v1/tips/{tip}/print` */
import { ok } from "../../core/result.ts";
import { instant } from "../../core/time.ts";
import { readForPrint } from "../../exchange/print-tip.ts";
import { type PrintedTip, printTip } from "../../formats/print-tip.ts";
import { operation } from "../operation.ts";
import { tipPath } from "./own-tip.ts";

const type = "text/html; charset=utf-8";
/** The page brings its style and nothing else, and fetches nothing. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const printTipOperation = operation({
  id: "printTip",
  method: "GET",
  path: "/v1/tips/{tip}/print",
  tag: "Tips",
  access: "tips:read",
  summary: "Print a tip",
  description:
    "One HTML page made for paper, without scripts or links: what binds you, what is asked, where legal process goes, the indicators, the digest and the receipt, and what you were handed of it before. An intelligence lead, not evidence. The reading is recorded.",
  at: tipPath,
  answers: { 200: { description: "The page.", type, headers: { "content-security-policy": "Nothing is fetched." } } },
  async run({ exchange, caller, at }) {
    const read = await readForPrint(exchange, caller, at.tip);
    if (!read.ok) return read;
    if (!read.value) return ok(undefined);
    const { item, ...rest } = read.value;
    const document = item.document as PrintedTip["document"];
    // Of what it relates to, the reader is shown what it may see.
    const relates_to = item.relates_to as PrintedTip["document"]["relates_to"];
    const page = printTip({
      ...(item as unknown as PrintedTip),
      ...rest,
      exchange: exchange.url,
      reader: caller.partner,
      at: instant(exchange.now),
      document: { ...document, relates_to },
    });
    return ok({ status: 200, type, body: page, headers: { "content-security-policy": policy } });
  },
});
