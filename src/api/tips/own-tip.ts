/** The caller's own tip, or nothing: judged before the body is read. */
import { uuid } from "../../core/names.ts";
import { first } from "../../store/database.ts";
import { selectTip, type TipRow } from "../../store/tips.ts";
import type { Request } from "../operation.ts";

export const tipPath = { tip: uuid };

export async function ownTip({ exchange, caller, at }: Request<typeof tipPath>): Promise<TipRow | undefined> {
  const row = await first<TipRow>(exchange.db, selectTip(at.tip));
  return row?.author === caller.partner ? row : undefined;
}
