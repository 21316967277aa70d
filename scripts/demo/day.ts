/** A team's day: an operation across tips, and the figures, in a line each. */
import assert from "node:assert/strict";
import { type Json, note, refused, type Stage } from "./stage.ts";

export async function showDay(stage: Stage, operation: string): Promise<void> {
  stage.step("A day of a team, in a line each: the operation across tips, and its own figures.");
  const view = await stage.json("chirper", "operation", operation);
  const from = view.from.map(({ partner, tips }: Json) => `${tips} tip by ${partner}`).join(" and ");
  const claims = view.claims.map(({ claimed_by, relation }: Json) => `${claimed_by} claims ${relation}`).join(", ");
  assert.deepEqual(new Set(view.from.map(({ partner }: Json) => partner)), new Set(["chirper", "facepage"]));
  assert.equal(view.claims.length, 2);
  note(`Chirper: ${view.names.join(" / ")}, ${from}, ${view.indicators.total} indicators; ${claims}.`);
  const { rows } = await stage.json("facepage", "stats");
  const figures = rows.find((row: Json) => row.from === "chirper");
  assert.ok(figures.actioned > 20 && figures.new_to_you < figures.actioned && figures.false_positives === 1);
  note(
    `Facepage, of chirper: ${figures.tips} tips, ${figures.indicators_for_you} indicators of its own, ${figures.actioned} actioned, ${figures.new_to_you} of them new to it, ${figures.false_positives} false.`,
  );
  const hostile = await stage.connection("observatory");
  await refused(404, "the hostile partner looks at the operation", () =>
    hostile.call("GET", `/v1/operations/${operation}`),
  );
}
