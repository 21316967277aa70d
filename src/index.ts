/** What the platform calls. */
import { app } from "./app.ts";
import { framesOf } from "./core/frames.ts";
import { type Env, exchangeKey } from "./exchange/exchange.ts";
import { runSchedule } from "./exchange/run-schedule.ts";

export default {
  fetch: app.fetch,
  async scheduled(controller: ScheduledController, env: Env): Promise<void> {
    try {
      await runSchedule({
        db: env.DB,
        url: env.EXCHANGE_URL.replace(/\/$/, ""),
        epoch: env.EPOCH,
        key: await exchangeKey(env.EXCHANGE_KEY),
        now: controller.scheduledTime,
      });
    } catch (error) {
      // The platform logs what is thrown, and D1 quotes bound values in some messages.
      throw new Error(`The schedule failed: ${framesOf(error as Error)}`);
    }
  },
} satisfies ExportedHandler<Env>;
