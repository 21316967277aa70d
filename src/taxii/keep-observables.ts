/** The schedule's part in TAXII: observables of what was accepted are found by the ids that STIX derives of them. */
import { keepObservables } from "../exchange/carriers.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { observableOf, observed } from "../formats/stix/observable.ts";

export const keepObservableIds = (exchange: Exchange): Promise<void> =>
  keepObservables(exchange, (indicator) => (observed.has(indicator.type) ? observableOf(indicator).id : undefined));
