/** Ids of everything that is stored: ULIDs (`core/ulid.ts`) from the system's clock and chance, or from given ones. */

import { randomFillSync } from "node:crypto";
import { createUlids, type RandomFill } from "#core/ulid.ts";
import { type Clock, systemClock } from "./clock.ts";

export interface Ids {
  /** A new id of 26 characters; sorts after all that came before from here. */
  next(): string;
}

export type { RandomFill };

/** Ids from a clock and a source of chance; both injected so that a simulation repeats exactly. */
export function createIds(clock: Clock = systemClock, random: RandomFill = randomFillSync): Ids {
  return { next: createUlids(() => clock.now(), random) };
}
