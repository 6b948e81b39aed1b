/**
 * What happens to movies: frames that are missing, a stage that drifts, a dye that bleaches.
 *
 * For training of trackers. Frames are planes in order of time; labels and links are dealt with by the caller, who is told
 * which frames are left and how far each was moved. Bleaching follows one exponential; drift is a random walk, as of a stage
 * that creeps with temperature, with the occasional jump when a dish is moved.
 */
import type { Plane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import type { Rng } from "#core/rng.ts";
import { cutShifted } from "./cut-shifted.ts";

/**
 * Indices of the frames that are left when each is lost with a chance. The first and last stay, so that the span does.
 *
 * @param chance  0..1. @param keptMin  at least this many are left (default 2).
 */
export function dropFrames(count: number, random: Rng, chance: number, keptMin = 2): number[] {
  assert(chance >= 0 && chance <= 1, "a chance lies within 0 and 1");
  const all = Array.from({ length: count }, (_, t) => t);
  const least = Math.min(count, Math.max(keptMin, 2));
  const lost = new Set(all.filter((t) => t > 0 && t < count - 1 && random.chance(chance)));
  // Too many lost: some come back, in random order.
  for (const t of random.shuffle([...lost])) {
    if (count - lost.size >= least) break;
    lost.delete(t);
  }
  return all.filter((t) => !lost.has(t));
}

export interface Drift {
  readonly y: number;
  readonly x: number;
}

/**
 * Shift of each frame against the first, in whole pixels.
 *
 * @param stepPx  standard deviation of the creep from frame to frame. @param jump  chance and size (pixels) of a jump.
 */
export function driftFrames(
  count: number,
  random: Rng,
  stepPx: number,
  jump: { readonly chance: number; readonly px: number } = { chance: 0, px: 0 },
): Drift[] {
  let [y, x] = [0, 0];
  return Array.from({ length: count }, (_, t) => {
    if (t > 0) {
      y += stepPx * random.normal();
      x += stepPx * random.normal();
      if (random.chance(jump.chance)) {
        y += random.uniform(-jump.px, jump.px);
        x += random.uniform(-jump.px, jump.px);
      }
    }
    return { y: Math.round(y), x: Math.round(x) };
  });
}

/** Frames moved by their drift; what comes in from outside is the nearest edge pixel. */
export function moveFrames(
  frames: readonly Plane<"float32">[],
  drifts: readonly Drift[],
): Plane<"float32">[] {
  assert(frames.length === drifts.length, "each frame needs its drift");
  return frames.map((frame, t) => cutShifted(frame, drifts[t] as Drift));
}

/**
 * Frames of a specimen that bleaches: frame t keeps exp(-t / lifetime) of its fluorescence.
 *
 * @param lifetimeFrames  frames after which 37 % are left, above 0.
 */
export function bleachFrames(
  frames: readonly Plane<"float32">[],
  lifetimeFrames: number,
): Plane<"float32">[] {
  assert(lifetimeFrames > 0, "a lifetime is above 0 frames");
  return frames.map((frame, t) => {
    const kept = Math.exp(-t / lifetimeFrames);
    return { ...frame, data: frame.data.map((value) => value * kept) };
  });
}
