/** Wakes the endpoints of an event that has more of them than a request may wake: step by step, on an alarm that resumes. */
import { DurableObject } from "cloudflare:workers";
import { framesOf } from "../core/frames.ts";
import type { Env } from "../exchange/exchange.ts";
import { wakeNext } from "./wake.ts";

const retryMs = 5_000;

export class Dispatcher extends DurableObject<Env> {
  /** Once this returns the endpoints after that one are going to be woken for the deed of that seq. */
  async wake(seq: number, after: string): Promise<void> {
    // Padded, so that they lie in order.
    await this.ctx.storage.put(`deed:${String(seq).padStart(16, "0")}`, after);
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    // Kept also where this is killed half-way.
    await this.ctx.storage.setAlarm(Date.now() + retryMs);
    try {
      // One step an alarm: the platform bounds what one may call.
      const deeds = await this.ctx.storage.list<string>({ prefix: "deed:", limit: 1 });
      for (const [key, after] of deeds) {
        const next = await wakeNext(this.env, Number(key.slice(5)), after);
        if (next === undefined) await this.ctx.storage.delete(key);
        else await this.ctx.storage.put(key, next);
      }
      const [left] = await this.ctx.storage.list({ prefix: "deed:", limit: 1 });
      if (left) await this.ctx.storage.setAlarm(Date.now());
      else await this.ctx.storage.deleteAlarm();
    } catch (error) {
      console.error("dispatcher", framesOf(error as Error));
    }
  }
}
