/**
 * Whether a `false_positive` disputes, as its giver is told: of each indicator that its word counts, alone or with another's, or
 * why it does not. All of it is the giver's own: whether anybody else has spoken is not told, nor whose voice is missing.
 */
import type { VoicelessReason } from "../core/feedback.ts";
import type { VoiceRow } from "../store/voices.ts";

export interface OwnVoice {
  alone?: number[];
  with_another?: number[];
  not_counted?: { reason: VoicelessReason; indicators?: number[] }[];
}

/** Undefined: nothing of it is said to be a false positive. */
export function ownVoice(rows: readonly VoiceRow[]): OwnVoice | undefined {
  const places = new Map<VoiceRow["voice"], number[]>();
  for (const { ordinal, voice } of rows) {
    const those = places.get(voice);
    if (those) those.push(ordinal);
    else places.set(voice, [ordinal]);
  }
  const [alone, withAnother] = [places.get("alone"), places.get("with-another")];
  const not_counted = [...places].flatMap(([reason, indicators]) =>
    reason === "alone" || reason === "with-another" ? [] : [{ reason, ...(reason !== "whole-tip" && { indicators }) }],
  );
  if (rows.length === 0) return undefined;
  return {
    ...(alone && { alone }),
    ...(withAnother && { with_another: withAnother }),
    ...(not_counted.length > 0 && { not_counted }),
  };
}
