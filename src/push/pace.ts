/** How many events an endpoint may still take in this second, however often it is woken. */
import { limits } from "../core/limits.ts";

const { per_second } = limits.webhook;
/** A round that finds nothing to send counts as so many events: it costs the database as much. */
const roundCosts = per_second / 10;

export class Pace {
  #second = 0;
  #spent = 0;

  left(now: number): number {
    const second = Math.floor(now / 1_000);
    if (this.#second !== second) [this.#second, this.#spent] = [second, 0];
    return per_second - this.#spent;
  }

  /** A round has taken so many. */
  spend(events: number): void {
    this.#spent += events || roundCosts;
  }
}
