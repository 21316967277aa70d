/** What the keys' operations share. */
import * as z from "zod";
import { digest, slug } from "../../core/names.ts";
import { ownKey } from "../../exchange/manage-keys.ts";
import { examples } from "../examples.ts";
import type { Request } from "../operation.ts";
import { pointInTime } from "../parameters.ts";

export const keyPath = { kid: digest };
export const partnerKeyPath = { slug, kid: digest };

export const sampleKey = { ...examples.keys.chirper, state: "active", active_from: "2026-09-01T08:00:00.000Z" };
export const sampleAdded = { ...examples.keys.added, state: "waiting", active_from: "2026-11-24T09:00:00.000Z" };

export const sinceBody = {
  schema: z.strictObject({ since: pointInTime.describe("When the key may first have been misused.") }),
  example: { since: "2026-11-20T00:00:00Z" },
};

/** The caller's own key, or nothing: judged before the body is read. */
export const findOwnKey = ({ exchange, caller, at }: Request<typeof keyPath>) =>
  ownKey(exchange, caller.partner, at.kid);
