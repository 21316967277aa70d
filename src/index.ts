/** What the platform calls. */
import { app } from "./app.ts";
import { framesOf } from "./core/frames.ts";
import { type Env, exchangeOf } from "./exchange/exchange.ts";
import { runSchedule } from "./exchange/run-schedule.ts";
import { wakeLagging } from "./push/wake.ts";
import { keepObservableIds } from "./taxii/keep-observables.ts";

export { Dispatcher } from "./push/dispatcher.ts";
export { Endpoint } from "./push/endpoint.ts";

export default {
  fetch: app.fetch,
  async scheduled(controller: ScheduledController, env: Env): Promise<void> {
    try {
      // What the schedule tells is among what the lagging endpoints are woken for.
      const exchange = await exchangeOf(env, controller.scheduledTime, () => {});
      await runSchedule(exchange)
        .finally(() => wakeLagging(env, controller.scheduledTime))
        .finally(() => keepObservableIds(exchange));
    } catch (error) {
      // The platform logs what is thrown, and D1 quotes bound values in some messages.
      throw new Error(`The schedule failed: ${framesOf(error as Error)}`);
    }
  },
} satisfies ExportedHandler<Env>;
