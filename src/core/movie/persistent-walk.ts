/**
 * A persistent random walk: velocity forgets its direction with a time constant (Ornstein and Uhlenbeck; Fürth 1920).
 *
 * Position and velocity after any time step are drawn from their exact joint distribution, so the mean square
 * displacement is 2 S² P (t - P (1 - exp(-t / P))) whatever the frame interval (S: root mean square speed, P: persistence).
 */
import type { Rng } from "../rng.ts";

export interface Walker {
  y: number;
  x: number;
  /** Velocity per hour, in the unit of the position. */
  vy: number;
  vx: number;
}

export interface WalkLaw {
  readonly speedUmPerH: number;
  readonly persistenceH: number;
}

/** What one axis does in one time step; the same for all cells of a step. */
export interface WalkStep {
  readonly keep: number;
  readonly reach: number;
  readonly sdPosition: number;
  /** Velocity noise that goes with the position's, and that of its own. */
  readonly together: number;
  readonly apart: number;
}

export function walkStep({ speedUmPerH, persistenceH: p }: WalkLaw, hours: number): WalkStep {
  const s = speedUmPerH / Math.SQRT2;
  const d = hours / p;
  const keep = Math.exp(-d);
  const varPosition = Math.max(0, (s * p) ** 2 * (2 * d - 3 + 4 * keep - keep * keep));
  const varVelocity = s * s * (1 - keep * keep);
  const covariance = s * s * p * (1 - keep) ** 2;
  const sdPosition = Math.sqrt(varPosition);
  const together = sdPosition > 0 ? covariance / sdPosition : 0;
  return {
    keep,
    reach: p * (1 - keep),
    sdPosition,
    together,
    apart: Math.sqrt(Math.max(0, varVelocity - together * together)),
  };
}

/** Moves a walker by one step. @param share  part of the displacement that is made: rounded cells hardly crawl. */
export function walkInPlace(walker: Walker, step: WalkStep, share: number, random: Rng): void {
  const [a, b, c, d] = [random.normal(), random.normal(), random.normal(), random.normal()];
  walker.y += share * (step.reach * walker.vy + step.sdPosition * a);
  walker.x += share * (step.reach * walker.vx + step.sdPosition * b);
  walker.vy = step.keep * walker.vy + step.together * a + step.apart * c;
  walker.vx = step.keep * walker.vx + step.together * b + step.apart * d;
}

/** Gives a walker a velocity of the stationary distribution. */
export function startWalkInPlace(walker: Walker, { speedUmPerH }: WalkLaw, random: Rng): void {
  walker.vy = (speedUmPerH / Math.SQRT2) * random.normal();
  walker.vx = (speedUmPerH / Math.SQRT2) * random.normal();
}
