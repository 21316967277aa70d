/**
 * One request's part in the turns of its partner (`turns.ts`). What is small never waits. Who waits for its turn waits here a
 * few seconds, and is then told when to come back; large work stops between its pieces while others are in hand.
 */
import { limits } from "../core/limits.ts";
import { type Problem, problem } from "../core/problem.ts";
import { type Phase, type Turn, Turns } from "./turns.ts";

const { large } = limits;
const shared = new Turns();

/** A piece is made in far less; who breaks a download off waits so long before the next one. */
const pieceSeconds = 2;
/** Milliseconds between two looks whether it is one's turn. */
const lookEvery = 20;

export class Work {
  readonly #turn: Turn;
  readonly #turns: Turns;
  readonly #clock: () => number;
  /** When the piece of work in hand began. */
  #since: number | undefined;

  constructor(partner: string, clock: () => number = Date.now, turns = shared) {
    this.#turn = { partner, phase: "small", bytes: 0, until: 0 };
    this.#turns = turns;
    this.#clock = clock;
    turns.come(partner, clock());
    turns.enter(this.#turn, "small", 0, clock());
  }

  /** Refused where the partner has to leave the others their share first. */
  allowed(): Problem | undefined {
    const seconds = this.#turns.pause(this.#turn.partner, this.#clock());
    const detail = "Your large requests had their share of this exchange's time; now it is the others' turn.";
    return seconds > 0 ? { ...problem("rate", detail), retry_after: seconds } : undefined;
  }

  /** Before a large body is read. */
  read(bytes: number): Promise<Problem | undefined> {
    return this.#enter("reading", bytes);
  }

  /** Before large work; once it is begun, again is nothing. `bytes` is what is held meanwhile. */
  async begin(bytes: number): Promise<Problem | undefined> {
    if (this.#since !== undefined) return undefined;
    const refused = await this.#enter("working", bytes);
    if (!refused) this.#since = this.#clock();
    return refused;
  }

  /** Between two pieces of large work: who had less of the worker goes first, but not for ever. */
  async breathe(): Promise<void> {
    if (this.#since === undefined || this.#turns.isAlone(this.#turn.partner, this.#clock())) return;
    // A worker's clock moves when something was waited for.
    await scheduler.wait(0);
    this.#done();
    const stopped = this.#clock();
    while (this.#turns.isAnotherFirst(this.#turn.partner, this.#clock()) && this.#clock() < stopped + large.yield_ms)
      await scheduler.wait(5);
    this.#since = this.#clock();
  }

  /**
   * A piece of an answer that goes on for long: of one partner one is made at a time, and who had less of the worker goes
   * first, but not for ever. Throws where there is no turn for longer than an answer may take.
   */
  async piece<Made>(make: () => Promise<Made>): Promise<Made> {
    const began = this.#clock();
    const enter = () => this.#turns.enter(this.#turn, "working", large.answer_bytes, this.#clock(), pieceSeconds);
    const mayBegin = () => enter() === "entered";
    const goesOn = () => this.#turns.isAnotherFirst(this.#turn.partner, this.#clock());
    while ((goesOn() && this.#clock() < began + large.yield_ms) || !mayBegin()) {
      if (this.#clock() > began + limits.answer_seconds * 1_000) throw new Error("There was no turn for it.");
      await scheduler.wait(5);
    }
    this.#since = this.#clock();
    try {
      return await make();
    } finally {
      // A worker's clock moves when something was waited for.
      if (!this.#turns.isAlone(this.#turn.partner, this.#clock())) await scheduler.wait(0);
      this.#done();
      this.leave();
    }
  }

  /** The work is done; a large answer is held until it is fetched. */
  send(bytes: number): void {
    this.#done();
    this.#turns.enter(this.#turn, "sending", bytes, this.#clock());
  }

  /** Nothing is left to do but to send what is being sent. */
  end(): void {
    this.#done();
    if (this.#turn.phase !== "sending") this.leave();
  }

  leave(): void {
    this.#turns.leave(this.#turn);
  }

  /** So long the request held what others needed. */
  charge(milliseconds: number): void {
    this.#turns.charge(this.#turn.partner, milliseconds, this.#clock());
  }

  #done(): void {
    if (this.#since === undefined) return;
    this.charge(this.#clock() - this.#since);
    this.#since = undefined;
  }

  async #enter(phase: "reading" | "working", bytes: number): Promise<Problem | undefined> {
    const enter = (next: Phase) => this.#turns.enter(this.#turn, next, bytes, this.#clock());
    const until = this.#clock() + large.wait_seconds * 1_000;
    // Who has its body here holds that while it waits.
    const mayWait = () => this.#turn.phase !== "small" || enter("waiting") === "entered";
    for (;;) {
      const refused = this.allowed();
      if (refused) return refused;
      const found = enter(phase);
      if (found === "entered") return undefined;
      if (!mayWait() || this.#clock() > until) {
        return found === "own"
          ? { ...problem("rate", "Your other large requests are not done yet: send one at a time."), retry_after: 2 }
          : {
              ...problem("unavailable", "Too many large requests are in hand. Try again in a moment."),
              retry_after: 1,
            };
      }
      await scheduler.wait(lookEvery);
    }
  }
}
