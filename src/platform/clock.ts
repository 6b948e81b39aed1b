/** Time as an interface, so that tests and simulations decide what time it is. */

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Present time of a clock as an ISO string in UTC. */
export function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
