/**
 * A webhook endpoint: a feed reader run by the exchange on its partner's behalf. It keeps its own cursor, its retries and its
 * log, and works on an alarm. An event is put down as on its way before it is sent, so that it is sent again where this falls
 * over (one that is handed over with a wake: `handed.ts`); every event is read, judged and recorded anew at the moment of each
 * try. It never keeps anything of a tip.
 */
import { DurableObject } from "cloudflare:workers";
import { framesOf } from "../core/frames.ts";
import { limits } from "../core/limits.ts";
import type { DeliveryState } from "../core/names.ts";
import { dayMs, instant } from "../core/time.ts";
import { type Env, type Exchange, exchangeOf } from "../exchange/exchange.ts";
import type { HandedOver } from "../exchange/hand-over.ts";
import { eventOf, readDocuments } from "../exchange/read-feed.ts";
import { readerOf, type Taken, takeEvents } from "../exchange/take-events.ts";
import { batch } from "../store/database.ts";
import { EndpointLog, type Kept, type KnownRow } from "../store/endpoint-log.ts";
import { noteProgress } from "../store/subscriptions.ts";
import { allowedBy, type Called, callEndpoint } from "./call.ts";
import { inTime, isNext, settled } from "./handed.ts";
import { messageOf } from "./message.ts";
import { keepOutcome } from "./outcome.ts";
import { Pace } from "./pace.ts";
import { pauseIfDue } from "./pause.ts";
import { SigningKeys } from "./signing-keys.ts";

/** An alarm that is there while calls are on their way, whatever becomes of this. */
const lifelineMs = 60_000;
/** After a fault of ours, or of the database. */
const againMs = 30_000;
/** So long without work it tells the database how far it came. */
const idleMs = 5_000;
/** One alarm's work, before the next alarm goes on. */
const longestMs = 300_000;

/** Until the next alarm, where its second's events are taken. */
const paceMs = 1_000;

interface Worked {
  /** It sent something, or passed something over. */
  moved: boolean;
  more: boolean;
  /** It may not be called. */
  stopped: boolean;
}

const { in_flight, full_in_flight, full_bytes, log_days, log_deliveries } = limits.webhook;

export class Endpoint extends DurableObject<Env> {
  readonly #log: EndpointLog;
  /** Calls on their way, by the event's seq. */
  readonly #calls = new Map<number, Promise<void>>();
  readonly #keys = new SigningKeys();
  readonly #pace = new Pace();
  /** Sent, and not yet put down. */
  #handed: HandedOver | undefined;
  /** Its alarm is at work. */
  #working = false;
  /** Something came while it worked; `#ring` ends its waiting. */
  #rung = false;
  #ring: () => void = () => {};
  /** It had read all that there was, and its alarm is for telling so, or for what is due. Not known after an eviction. */
  #resting = false;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#log = new EndpointLog(context.storage);
  }

  /** There may be something for it. Once this returns it is going to look, or has sent what it was handed: then it gives how far it came. */
  async wake(subscription: string, handed?: HandedOver): Promise<number | undefined> {
    this.#log.begin(subscription);
    const kept = this.#log.kept();
    if (!handed || !kept || !this.#isFree(handed) || !isNext(kept, handed, Date.now())) {
      await this.#soon();
      return undefined;
    }
    this.#handed = handed;
    const delivered = await inTime(this.#sendHanded(kept.row!, handed));
    this.#putDown();
    const after = this.#log.kept();
    // Deleted meanwhile; or there is nothing else that the database would have to know.
    if (!after || (delivered && after.told_next === (this.#log.nextDue() ?? null))) return after?.cursor;
    await this.#soon();
    return undefined;
  }

  /** It has nothing else to do or to look at; and the event, which it meets again after a recovery, was not sent before. */
  #isFree({ event }: HandedOver): boolean {
    const busy = this.#working || this.#rung || this.#handed || this.#calls.size > 0 || this.#pace.left(Date.now()) < 1;
    return !busy && !(event && this.#log.delivery(event.seq));
  }

  /** Whether it was delivered. */
  async #sendHanded(row: KnownRow, { epoch, event }: HandedOver): Promise<boolean> {
    this.#pace.spend(1);
    if (!event) return true;
    const secrets = exchangeOf(this.env, Date.now(), () => {}).then((exchange) => this.#keys.at(exchange, row));
    await this.#call(event.seq, `evt_${epoch}_${event.seq}`, event.body, row, secrets);
    return this.#log.delivery(event.seq)?.state === "delivered";
  }

  /** What was handed over, before anything else is done: from now on it is as what it took by itself. */
  #putDown(): void {
    if (!this.#handed) return;
    const { event, end, at } = this.#handed;
    this.#handed = undefined;
    this.#log.take(event ? [event.seq] : [], [], [], new Set(), end, at);
    // Whoever put it down while it is on its way may fall over before it is answered.
    if (this.#calls.size > 0) void this.#soon();
  }

  async list(before: number, limit: number, state: DeliveryState | undefined) {
    this.#putDown();
    return this.#log.page(before, limit, state);
  }

  /** That event is sent again, if it may be seen when its time comes. */
  async resend(subscription: string, seq: number): Promise<void> {
    this.#putDown();
    await this.#learn(subscription);
    this.#log.again(seq, Date.now());
    await this.#promise(subscription);
  }

  /** Whatever came after that seq and was not delivered is sent again. */
  async recover(subscription: string, seq: number): Promise<void> {
    this.#putDown();
    await this.#learn(subscription);
    this.#log.goBack(seq, Date.now());
    await this.#promise(subscription);
  }

  /** Begins where the subscription's row says, if it has not begun in this epoch. */
  async #learn(subscription: string): Promise<void> {
    this.#log.begin(subscription);
    const exchange = await exchangeOf(this.env, Date.now(), () => {});
    if (this.#log.kept()?.epoch === exchange.epoch) return;
    const { row } = await takeEvents(exchange, subscription, undefined, { after: 0, due: [], most: 0 });
    if (row) this.#log.know(row, exchange.epoch);
  }

  /** The subscription is deleted: nothing is kept. */
  async forget(): Promise<void> {
    this.#handed = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.#log.end();
  }

  override async alarm(): Promise<void> {
    this.#working = true;
    try {
      this.#putDown();
      const worked = await this.#work();
      await this.#rest(worked);
    } catch (error) {
      console.error("endpoint", framesOf(error as Error));
      await this.ctx.storage.setAlarm(Date.now() + againMs);
    } finally {
      this.#working = false;
    }
  }

  /** As a try that is due: where its alarm is lost, the schedule finds it. */
  async #promise(subscription: string): Promise<void> {
    this.#log.untold();
    await batch(this.env.DB, [noteProgress(subscription, 0, instant(Date.now()))]);
    await this.#soon();
  }

  async #soon(): Promise<void> {
    this.#rung = true;
    this.#ring();
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** Until there is nothing to do: sends what is new or due, a bounded number at a time. */
  async #work(): Promise<Worked> {
    const until = Date.now() + longestMs;
    const before = this.#log.kept()?.cursor;
    let taken = 0;
    let more = !this.#resting || (this.#log.nextDue() ?? Number.POSITIVE_INFINITY) <= Date.now();
    this.#resting = false;
    let stopped = false;
    for (;;) {
      if (
        (more || this.#rung) &&
        !stopped &&
        this.#pace.left(Date.now()) > 0 &&
        Date.now() < until &&
        this.#calls.size <= this.#atOnce() / 2
      ) {
        this.#rung = false;
        const round = await this.#round(Math.min(this.#atOnce() - this.#calls.size, this.#pace.left(Date.now())));
        if (round === undefined) stopped = true;
        else {
          taken += round.taken;
          this.#pace.spend(round.taken);
          more = round.more;
        }
        continue;
      }
      if (this.#calls.size === 0) break;
      const rung = new Promise<void>((resolve) => {
        this.#ring = resolve;
      });
      await Promise.race([...this.#calls.values(), rung]);
    }
    await pauseIfDue(this.env, this.#log);
    return { moved: taken > 0 || this.#log.kept()?.cursor !== before, more: more && !stopped, stopped };
  }

  /** Documents on their way take memory that other endpoints may share. */
  #atOnce(): number {
    return this.#log.kept()?.row?.payload === "full" ? full_in_flight : in_flight;
  }

  /** Takes from the feed and begins to send. Undefined: it may not be called. */
  async #round(most: number): Promise<{ taken: number; more: boolean } | undefined> {
    const exchange = await exchangeOf(this.env, Date.now(), () => {});
    const kept = this.#log.kept();
    if (!kept || kept.pause_for) return undefined;
    const known = kept.epoch === exchange.epoch ? kept.row : undefined;
    const on = new Set(this.#calls.keys());
    const due = this.#log.due(exchange.now, most, on);
    const taken = await takeEvents(exchange, kept.subscription, known, { after: kept.cursor, due, most });
    if (!taken.row) {
      await this.forget();
      return undefined;
    }
    if (taken.changed) this.#log.know(taken.row, exchange.epoch);
    if (!taken.callable) return undefined;
    // Asked with what is known only now.
    if (known?.changed_at !== taken.row.changed_at) return { taken: 0, more: true };
    // It may have been set back meanwhile.
    const cursor = this.#log.kept()!.cursor < kept.cursor ? this.#log.kept()!.cursor : taken.end;
    const sending = this.#log.take(
      taken.events.map((event) => event.seq),
      due,
      taken.withheld,
      on,
      cursor,
      exchange.now,
    );
    if (sending.size > 0) void this.ctx.storage.setAlarm(exchange.now + lifelineMs);
    await this.#begin(exchange, taken.row, taken, sending);
    // What was passed over counts too: so a recovery does not read faster than it could send.
    return { taken: taken.events.length, more: taken.more || due.length === most || cursor !== taken.end };
  }

  async #begin(exchange: Exchange, row: KnownRow, { events }: Taken, sending: ReadonlySet<number>): Promise<void> {
    const chosen = events.filter((event) => sending.has(event.seq));
    const whole = row.payload === "full" ? chosen.filter((event) => event.bytes <= full_bytes) : [];
    const documents = await readDocuments(exchange, readerOf(row), "webhook", whole);
    const secrets = this.#keys.at(exchange, row);
    for (const event of chosen) {
      const body = messageOf(exchange.url, row.payload, await eventOf(exchange, event, documents.get(event.tip_no)));
      void this.#call(event.seq, `evt_${exchange.epoch}_${event.seq}`, body, row, secrets);
    }
  }

  #call(seq: number, id: string, body: string, row: KnownRow, secrets: Promise<CryptoKey[]>): Promise<void> {
    const call = secrets
      .then((known) => callEndpoint({ url: row.url, secrets: known, id, body }, allowedBy(this.env)))
      .then(async (called) => {
        if (this.#handed && called.outcome === "delivered") await settled();
        this.#finish(seq, called, row.changed_at);
      })
      .catch((error: unknown) => console.error("endpoint", framesOf(error as Error)))
      .finally(() => this.#calls.delete(seq));
    this.#calls.set(seq, call);
    return call;
  }

  #finish(seq: number, called: Called, changed_at: string): void {
    this.#calls.delete(seq);
    this.#putDown();
    keepOutcome(this.#log, seq, called, changed_at);
  }

  /** The next alarm: for what is due, or, a while after the last work, for telling the database how far it came. */
  async #rest({ moved, more, stopped }: Worked): Promise<void> {
    const kept = this.#log.kept();
    if (!kept) return this.ctx.storage.deleteAlarm();
    const now = Date.now();
    const due = this.#log.nextDue();
    const told = kept.told_cursor === kept.cursor && kept.told_next === (due ?? null);
    if (!moved && !told) await this.#tell(kept, due, now);
    // What rang while it was going to rest has set its own alarm, unless it has to wait for its next second.
    if (this.#rung && this.#pace.left(Date.now()) > 0) return;
    const wait = more || this.#rung ? paceMs : moved ? idleMs : Number.POSITIVE_INFINITY;
    // What may not be called is woken when it may be again: by who changes it, or by the schedule.
    const next = stopped || due === undefined ? Number.POSITIVE_INFINITY : due;
    const at = Math.min(next, now + wait);
    const { storage } = this.ctx;
    this.#resting = !more && !this.#rung;
    if (at === Number.POSITIVE_INFINITY) await storage.deleteAlarm();
    else await storage.setAlarm(Math.max(at, now));
  }

  async #tell(kept: Kept, due: number | undefined, now: number): Promise<void> {
    await batch(this.env.DB, [noteProgress(kept.subscription, kept.cursor, due === undefined ? null : instant(due))]);
    this.#log.told(kept.cursor, due);
    this.#log.prune(now - log_days * dayMs, log_deliveries);
  }
}
