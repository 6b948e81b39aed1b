/** One key press more or less of what a tool of drafts is set by, so that none of them needs a slider. */

import { growPxMax, type LabelCanvas } from "#core/edits/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import type { DraftSettings, DraftTool, LengthUnit, PixelMpp } from "./draft.ts";

export interface StepGround {
  /** Level or tolerance in use. */
  readonly value: number | null;
  readonly range: readonly [number, number] | null;
  readonly canvas: LabelCanvas;
  readonly mpp: PixelMpp | null;
  /** Prompt: diameter in use, pixels. */
  readonly diameterPx: number;
}

/** Share of the picture's range, and of an area, that one press is. */
const rangeShare = 0.02;
const areaShare = 0.1;
/** The smallest size asked for at first: a quarter of the usual cell. */
const firstAreaShare = 0.25;

/** Factor by which one press makes the cells looked for larger. */
const diameterStep = 1.25;

/** Copies further than this are made in several steps; the image usually ends before. */
export const carryCountMax = 512;

/** What changes by one press; seeds have no setting to step. */
export function steppedSettings(
  tool: DraftTool,
  settings: DraftSettings,
  direction: 1 | -1,
  { value, range, canvas, mpp, diameterPx }: StepGround,
): Partial<DraftSettings> {
  const [low, high] = range ?? [0, 1];
  const by = direction * rangeShare * (high - low);
  switch (tool) {
    case "flood":
      return value === null ? {} : { tolerance: Math.max(0, value + by) };
    case "threshold":
      return value === null ? {} : { level: Math.min(high, Math.max(low, value + by)) };
    case "grow-by": {
      const step = growStep(settings.unit, mpp);
      const most = growMost(settings.unit, mpp);
      const next = Math.round((settings.growBy + direction * step) / step) * step;
      return { growBy: Number(Math.min(most, Math.max(-most, next)).toPrecision(6)) };
    }
    case "bulk": {
      const pxPerUnit = settings.unit === "um" && mpp !== null ? 1 / (mpp.y * mpp.x) : 1;
      if (settings.below === null)
        return { below: roundArea((firstAreaShare * usualArea(canvas)) / pxPerUnit) };
      const whole = settings.unit === "px" ? 1 : 0;
      const step = Math.max(whole, settings.below * areaShare);
      return { below: roundArea(Math.max(0, settings.below + direction * step)) };
    }
    case "carry":
      return { carryCount: Math.min(carryCountMax, Math.max(1, settings.carryCount + direction)) };
    case "prompt":
      return { diameterPx: Number(Math.max(2, diameterPx * diameterStep ** direction).toPrecision(3)) };
    case "seeds":
      return {};
  }
}

/** Micrometres in steps of about half a pixel, rounded to a number one would write. */
export function growStep(unit: DraftSettings["unit"], mpp: PixelMpp | null): number {
  if (unit === "px" || mpp === null) return 1;
  const half = Math.min(mpp.y, mpp.x) / 2;
  const decade = 10 ** Math.floor(Math.log10(half));
  return [1, 2, 5, 10].map((k) => k * decade).find((step) => step >= half * 0.999) ?? decade * 10;
}

/** Farthest that cells grow or shrink, in the unit. */
const growMost = (unit: DraftSettings["unit"], mpp: PixelMpp | null): number =>
  unit === "px" || mpp === null ? growPxMax : growPxMax * Math.min(mpp.y, mpp.x);

/** Median area in pixels; 0 without cells. */
function usualArea(canvas: LabelCanvas): number {
  const areas = [...canvas.shapes.values()].map(shapeArea).sort((a, b) => a - b);
  return areas[areas.length >> 1] ?? 0;
}

const roundArea = (area: number): number => (area >= 10 ? Math.round(area) : Number(area.toPrecision(2)));

/** The settings with lengths and areas turned into another unit; a length becomes whole steps of it. */
export function inUnit(settings: DraftSettings, unit: LengthUnit, mpp: PixelMpp): Partial<DraftSettings> {
  if (unit === settings.unit) return {};
  const factor = unit === "um" ? Math.sqrt(mpp.y * mpp.x) : 1 / Math.sqrt(mpp.y * mpp.x);
  const step = growStep(unit, mpp);
  const steps = Math.max(1, Math.round((Math.abs(settings.growBy) * factor) / step));
  const area = (value: number | null): number | null =>
    value === null ? null : roundArea(value * factor * factor);
  return {
    unit,
    growBy: Number((Math.sign(settings.growBy) * steps * step).toPrecision(6)),
    below: area(settings.below),
    above: area(settings.above),
  };
}
