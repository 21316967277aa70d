/** What several examples share: the signed sample tip, decoded, and as a list shows it to a reader. */
import { readPayload } from "../../core/envelope.ts";
import { headingOf, type TipDocument } from "../../core/tip.ts";
import { examples } from "../examples.ts";

export const decoded = (envelope: { payload: string }): Record<string, unknown> =>
  readPayload(envelope.payload) as Record<string, unknown>;

export const sampleWarnings = [
  { pointer: "/indicators/2/value", detail: "This range is for documentation; nobody is behind it." },
];

/** For facepage, which it reached as a platform. */
export function sampleItem(): Record<string, unknown> {
  const { tip, version, from, expires_at: _expires, ...heading } = headingOf(decoded(examples.tip) as TipDocument);
  const { exchange: _exchange, ...shown } = heading as Record<string, unknown>;
  const { digest, seq, accepted_at, receipt } = examples.accepted;
  return {
    tip,
    version,
    from,
    accepted_at,
    first_accepted_at: accepted_at,
    expires_at: "2027-11-23T00:00:00.000Z",
    ...shown,
    indicators: { total: 4, by_type: { account: 1, domain: 1, hash: 1, ip: 1 } },
    through: "platforms",
    for_you: { indicators: 1, ask: ["investigate", "preserve"], respond_by: "2026-11-23T14:45:00Z" },
    triage: { state: "new" },
    legal_process_url: "https://chirper.example/legal",
    digest,
    seq,
    receipt,
  };
}
