/** Keeps what finds observables by their ids up with the tips there are: before one is looked for, and from the schedule. */
import type { Indicator } from "../core/indicators/family.ts";
import { limits } from "../core/limits.ts";
import { type Keeping, keepObservables } from "../exchange/carriers.ts";
import type { Caller, Exchange } from "../exchange/exchange.ts";
import { observableOf, observed } from "../formats/stix/observable.ts";

const idOf = (indicator: Indicator): string | undefined =>
  observed.has(indicator.type) ? observableOf(indicator).id : undefined;

/** What came since the schedule's last run; a large step takes the caller's turn. */
export const keeping = ({ work }: Caller): Keeping => ({
  idOf,
  steps: 3,
  begin: async (bytes) => (bytes > limits.large.answer_bytes ? work.begin(bytes) : undefined),
});

export const keepOnSchedule = async (exchange: Exchange): Promise<void> =>
  void (await keepObservables(exchange, { idOf, steps: 50 }));
