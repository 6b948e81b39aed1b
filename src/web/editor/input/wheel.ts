/** What a turn of the wheel, or two fingers on a touchpad, means. */

export interface WheelTurn {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
  readonly ctrlKey: boolean;
}

export type WheelMeaning =
  | { readonly kind: "zoom" /** log2 */; readonly delta: number }
  | { readonly kind: "pan"; readonly dx: number; readonly dy: number };

const linePx = 16;
const pagePx = 400;
/** One notch of a usual wheel (100-120 px) zooms by a third of a doubling. */
const zoomPerPx = 1 / 320;
/** A pinch sends small deltas with the Ctrl flag; it should follow the fingers. */
const pinchPerPx = 1 / 80;
/** Wheels turn in steps of at least this many pixels; touchpads glide in smaller ones. */
const notchPx = 40;
/** However fast the wheel spins, one event zooms at most this much. */
const zoomStepMax = 0.75;

/**
 * Wheel and pinch zoom; gliding with two fingers pans.
 *
 * Browsers do not tell a touchpad from a wheel. Sideways movement or small steps in pixels are taken for fingers.
 */
export function meaningOfWheel(turn: WheelTurn): WheelMeaning {
  const unit = turn.deltaMode === 1 ? linePx : turn.deltaMode === 2 ? pagePx : 1;
  const dx = turn.deltaX * unit;
  const dy = turn.deltaY * unit;
  if (!turn.ctrlKey && turn.deltaMode === 0 && (dx !== 0 || Math.abs(dy) < notchPx)) {
    return { kind: "pan", dx: -dx, dy: -dy };
  }
  const isPinch = turn.ctrlKey && Math.abs(dy) < notchPx;
  const delta = -dy * (isPinch ? pinchPerPx : zoomPerPx);
  return { kind: "zoom", delta: Math.min(zoomStepMax, Math.max(-zoomStepMax, delta)) };
}
