/** What becomes of a partner's own `false_positive`: told to that partner alone, of itself and its author, never of other voices. */
import type { VoicelessReason } from "../core/feedback.ts";
import { limits } from "../core/limits.ts";
import { dayMs, instant } from "../core/time.ts";
import { sql } from "./database.ts";

export interface VoiceRow {
  /** -1: of the tip as a whole. */
  ordinal: number;
  /** It disputes alone, or together with another's; or why it does not count. */
  voice: "alone" | "with-another" | VoicelessReason;
}

/** Of each place of which a document's `false_positive` is its giver's newest word. As `carriers` counts them. */
export const selectOwnVoices = (digest: string, me: string, now: number) => sql<VoiceRow>`
  SELECT stood.ordinal, CASE
      WHEN stood.ordinal < 0 THEN 'whole-tip'
      WHEN p.kind = 'law_enforcement' THEN 'law-enforcement'
      WHEN NOT EXISTS (SELECT 1 FROM indicator i
        WHERE i.tip_no = t.tip_no AND i.version = t.version AND i.ordinal = stood.ordinal) THEN 'ended'
      WHEN s.ordinal IS NULL THEN 'budget-used'
      WHEN s.spent = 1 THEN 'no-second-voice'
      WHEN s.host = 1 THEN 'alone'
      WHEN p.ownership IS NULL THEN 'no-ownership'
      WHEN p.enrolled_at > ${instant(now - limits.disputes.enrolled_days * dayMs)} THEN 'enrolled-recently'
      WHEN p.ownership IS (SELECT q.ownership FROM partner q WHERE q.slug = t.author) THEN 'related-to-author'
      ELSE 'with-another' END AS voice
  FROM feedback_standing stood CROSS JOIN tip t ON t.tip_no = stood.tip_no CROSS JOIN partner p ON p.slug = stood.partner
    LEFT JOIN dispute_voice s ON s.tip_no = t.tip_no AND s.version = t.version AND s.ordinal = stood.ordinal
      AND s.partner = stood.partner
  WHERE stood.digest = ${digest} AND stood.partner = ${me} AND stood.status = 'false_positive' ORDER BY stood.ordinal`;
