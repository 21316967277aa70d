/** The caller's own tip, or nothing: judged before the body is read. */
import { uuid } from "../../core/names.ts";
import { ownTip } from "../../exchange/own-document.ts";
import type { Request } from "../operation.ts";

export const tipPath = { tip: uuid };

export const findOwnTip = ({ exchange, caller, at }: Request<typeof tipPath>) => ownTip(exchange, caller, at.tip);
