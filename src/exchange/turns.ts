/**
 * Who goes first within a worker, kept in its memory alone. Guarantees: of one partner few large bodies are read, few large
 * answers are held, and one large request is worked on at a time; what it takes of the worker's time beyond a burst is a share
 * of it; all of them stay within the worker's memory. What is never given back, since its request was cut off, ends by itself.
 */
import { limits } from "../core/limits.ts";

const { large } = limits;

/** How far a request is: small or not known to be large, it waits, its body arrives, it is worked on, its answer is fetched. */
export type Phase = "small" | "waiting" | "reading" | "working" | "sending";

/** A request in hand. */
export interface Turn {
  readonly partner: string;
  phase: Phase;
  bytes: number;
  /** When it is over at the latest. Milliseconds, as all times here. */
  until: number;
}

/** Of one partner. */
const atOnce = { waiting: large.waiting, reading: large.reading, working: 1, sending: large.sending };
/** Milliseconds a partner may be ahead of another before it stops for it. */
const slack = 1_000;
/** Milliseconds for which one that was here is taken to be here still. */
const around = 3_000;
/** While it is judged a document is there as bytes, text, values, rows and parameters. */
const memory = { small: 0, waiting: 0, reading: 1, working: 10, sending: 1 };
const seconds = {
  small: 2,
  waiting: large.wait_seconds,
  reading: limits.body_seconds,
  working: 60,
  sending: limits.answer_seconds,
};

export class Turns {
  readonly #turns = new Set<Turn>();
  /** When a partner has left the others their share. */
  readonly #even = new Map<string, number>();
  /** The last two partners that were here. */
  #last = { partner: "", at: 0 };
  #before = { partner: "", at: 0 };

  /** Who is alone is held up by nothing. */
  isAlone(partner: string, now: number): boolean {
    return (this.#last.partner === partner ? this.#before : this.#last).at < now - around;
  }

  /** Seconds until the partner may begin large work; 0 where it may now. */
  pause(partner: string, now: number): number {
    if (this.isAlone(partner, now)) return 0;
    return Math.max(0, Math.ceil(this.#ahead(partner, now) / 1_000 - large.burst_seconds / large.share));
  }

  #ahead = (partner: string, now: number): number => Math.max(0, (this.#even.get(partner) ?? 0) - now);

  /** Whether a request is in hand of a partner that had less of the worker. */
  isAnotherFirst(partner: string, now: number): boolean {
    const behind = this.#ahead(partner, now) - slack;
    for (const { partner: other, phase, until } of this.#turns) {
      const isBusy = (phase === "small" || phase === "working") && until > now;
      if (other !== partner && isBusy && this.#ahead(other, now) < behind) return true;
    }
    return false;
  }

  /**
   * The phase is the turn's; or it is not, for the partner's own requests or for everybody's. It ends by itself after so many
   * seconds: a request whose client has gone is cut off, and gives nothing back.
   */
  enter(turn: Turn, phase: Phase, bytes: number, now: number, most = seconds[phase]): "entered" | "own" | "all" {
    const own = { small: 0, waiting: 0, reading: 0, working: 0, sending: 0 };
    let taken = 0;
    for (const other of this.#turns) {
      if (other.until <= now) this.#turns.delete(other);
      else if (other !== turn) {
        taken += other.bytes * memory[other.phase];
        if (other.partner === turn.partner) own[other.phase]++;
      }
    }
    if (phase === "waiting" && own.waiting >= atOnce.waiting) return "own";
    if (phase === "reading" || phase === "working") {
      // Nothing more is made ready for who does not fetch what is.
      if (own[phase] >= atOnce[phase] || own.sending >= atOnce.sending) return "own";
      if (taken > 0 && taken + bytes * memory[phase] > large.worker_bytes) return "all";
    }
    Object.assign(turn, { phase, bytes, until: now + most * 1_000 });
    this.#turns.add(turn);
    return "entered";
  }

  /** A partner's request has come. Where the clock was set back, what was counted by it counts no more. */
  come(partner: string, now: number): void {
    if (now < this.#last.at - around) this.#even.clear();
    if (this.#last.partner !== partner) this.#before = this.#last;
    this.#last = { partner, at: now };
  }

  leave(turn: Turn): void {
    this.#turns.delete(turn);
  }

  /** So long the partner had the worker; the others get the rest. No pause is longer than a client waits. */
  charge(partner: string, milliseconds: number, now: number): void {
    if (this.#even.size > 5_000) for (const [known, even] of this.#even) if (even <= now) this.#even.delete(known);
    const most = (large.burst_seconds / large.share + large.pause_seconds) * 1_000;
    this.#even.set(partner, now + Math.min(this.#ahead(partner, now) + milliseconds / large.share, most));
  }
}
