/** What the read tokens' operations share. */
import { uuid } from "../../core/names.ts";
import { findReadToken, mayHandOn } from "../../exchange/read-tokens.ts";
import { examples } from "../examples.ts";
import type { Request } from "../operation.ts";

export const readTokenPath = { read_token: uuid };

/** The caller's own, or nothing. */
export const findOwnReadToken = ({ exchange, caller, at }: Request<typeof readTokenPath>) =>
  findReadToken(exchange, caller, at.read_token);

/** Who may read tips itself. */
export const admit = ({ caller }: Pick<Request, "caller">) => mayHandOn(caller);

export const sampleReadToken = {
  read_token: "2b1f6f0e-3c57-4f0e-8d43-90f1c2a7be11",
  description: "OpenCTI",
  addresses: ["203.0.113.7/32"],
  key: examples.keys.chirper.kid,
  made_at: "2026-11-23T09:00:00.000Z",
  expires_at: "2027-02-21T09:00:00.000Z",
};

/** Not one that opens anything. */
export const sampleToken = "tipoff_rt_Zm9yIHRoZSByZWZlcmVuY2Ugb25seSwgbm90IGEga2V5IQ";
