/** What the subscriptions' operations share. */
import { uuid } from "../../core/names.ts";
import { findSubscription } from "../../exchange/manage-subscriptions.ts";
import type { Called } from "../../push/call.ts";
import { examples } from "../examples.ts";
import type { Request } from "../operation.ts";

export const subscriptionPath = { subscription: uuid };

/** The caller's own, or nothing: judged before the body is read. */
export const findOwn = ({ exchange, caller, at }: Request<typeof subscriptionPath>) =>
  findSubscription(exchange, caller, at.subscription);

export const showCall = ({ outcome, status, milliseconds }: Called) => ({
  outcome,
  ...(status !== undefined && { status }),
  milliseconds,
});

export const sampleSubscription = {
  subscription: "5f0d2c1e-7a53-4b0e-9d7e-2f1f0a9c6b11",
  url: "https://facepage.example/hooks/tipoff",
  payload: "thin",
  filters: { types: ["published", "revised", "withdrawn", "recalled"], tlp: ["amber", "green", "clear"] },
  state: "active",
  key: examples.keys.chirper.kid,
  made_at: "2026-11-23T09:00:00.000Z",
  changed_at: "2026-11-23T09:00:00.000Z",
};

/** Not one that anything is signed with. */
export const sampleSecret = "whsec_Zm9yIHRoZSByZWZlcmVuY2Ugb25seSwgbm90IGEgc2VjcmV0";
