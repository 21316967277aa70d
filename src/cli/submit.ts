/** Sending a signed tip once, however often the command runs, and saying what became of it: accepted, or held. */
import type { HeldTip } from "../client/held-tips.ts";
import { readTip } from "../client/read-tip.ts";
import type { Receipt, Submission } from "../client/tips.ts";
import { type Scope, sameScope, scopeIn, scopeText } from "./audience.ts";
import { type Session, sendKept } from "./session.ts";
import { Refused } from "./terminal.ts";

/** In words, for whom a tip of whom is held. */
const holdingReasons: Record<HeldTip["reason"], string> = {
  flood: "you sent far more than you used to",
  disputed: "too much of what you published is disputed",
  always: "the steward holds all of yours",
};

export const heldText = ({ tip, version, reason }: HeldTip): string =>
  `Held: tip ${tip} version ${version}; ${holdingReasons[reason]}. Nobody sees it until the steward lets it go: tipoff held list.`;

export const accepted = (receipt: Receipt | HeldTip, scope: Scope): string[] =>
  receipt.held ? [heldText(receipt), `It is to go to ${scopeText(scope)}.`] : acceptedText(receipt, scope);

const acceptedText = (receipt: Receipt, scope: Scope): string[] => [
  `Accepted: tip ${receipt.tip} version ${receipt.version}, seq ${receipt.seq}, ${receipt.accepted_at}.`,
  `It goes to ${scopeText(scope)}.`,
  ...receipt.warnings.slice(0, 10).map((warning) => `  note ${warning.pointer}: ${warning.detail}`),
  ...(receipt.warnings.length > 10 ? [`  … and ${receipt.warnings.length - 10} more notes (--json shows all)`] : []),
];

/** What was sent before is said to be accepted only where it still stands, and goes to whom these words name. */
async function checkStanding({ connection }: Session, tip: string, scope: Scope): Promise<void> {
  const { state, audience } = await readTip(connection, tip);
  const anew = "--new makes a new tip of it.";
  if (state !== "live" || !audience)
    throw new Refused(`Tip ${tip} was sent before, and is ${state} since: nobody else sees it. ${anew}`);
  const now = scopeIn(audience);
  if (!sameScope(scope, now))
    throw new Refused(
      `Tip ${tip} was sent before, and its audience was changed since: it goes to ${scopeText(now)}. tipoff tip rescope changes that; ${anew}`,
    );
}

export async function submitSigned(
  current: Session,
  identity: unknown[],
  make: () => Promise<Submission>,
  again: boolean,
): Promise<{ receipt: Receipt | HeldTip; scope: Scope }> {
  const { answer, body, from } = await sendKept<Submission, Receipt | HeldTip>(
    current,
    identity,
    async () => ({ method: "POST", path: "/v1/tips", body: await make() }),
    again,
  );
  const scope = scopeIn(body.audience);
  if (from !== "new" && !answer.held) await checkStanding(current, answer.tip, scope);
  return { receipt: answer, scope };
}
