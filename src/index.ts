/** What the platform calls. */
import { app } from "./app.ts";
import { type Env, exchangeKey } from "./exchange/exchange.ts";
import { runSchedule } from "./exchange/run-schedule.ts";

export default {
  fetch: app.fetch,
  async scheduled(controller: ScheduledController, env: Env): Promise<void> {
    await runSchedule({
      db: env.DB,
      url: env.EXCHANGE_URL.replace(/\/$/, ""),
      epoch: env.EPOCH,
      key: await exchangeKey(env.EXCHANGE_KEY),
      now: controller.scheduledTime,
    });
  },
} satisfies ExportedHandler<Env>;
