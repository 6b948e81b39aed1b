/**
 * How long a person worked on an edit.
 *
 * Time counts from the end of the edit before, but only while there are signs of life: a pause longer than `idleMs`
 * counts as `idleMs`, so that a lunch break is not annotation time.
 */

/** Looking at one spot without touching anything for longer than this is not work on that spot. */
const idleMs = 10_000;

export class ActivityClock {
  readonly #now: () => number;
  #last: number;
  #worked = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#last = now();
  }

  /** A sign of life: pointer or key. */
  touch(): void {
    const now = this.#now();
    this.#worked += Math.min(Math.max(0, now - this.#last), idleMs);
    this.#last = now;
  }

  /** Ends an edit: its worked milliseconds, whole. The next one starts now. */
  lap(): number {
    this.touch();
    const worked = Math.round(this.#worked);
    this.#worked = 0;
    return worked;
  }
}
