/**
 * The range of images a model was trained on, and whether an image lies inside it.
 *
 * A model answers every image; outside its range the answer looks as sure as inside. So the range travels with the model
 * and each prediction is compared with it, in words a biologist can act on. Bounds are quantiles of the training images,
 * widened a little, since a handful of images never shows the ends of its own distribution.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import { type PlaneStatistics, planeStatisticNames, planeStatistics } from "./image-statistics.ts";
import type { PixelSize } from "./pixel-size.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

type IntensityRange = { readonly [K in keyof PlaneStatistics]: Interval };

export interface TrainingRange {
  /** Pixel size of the training images as they were taken, µm; `null` when not all of them state it. */
  readonly mpp: Interval | null;
  /** Distinct words of the training images, sorted; empty when unknown. */
  readonly modalities: readonly string[];
  readonly platforms: readonly string[];
  /** One entry per input channel, in the contract's order. */
  readonly intensity: readonly (IntensityRange & { readonly role: string })[];
  /**
   * Diameter of the circle with an object's area, in pixels of the model: 5th, 50th and 95th percentile over the
   * training objects of the first compartment; `null` without objects.
   */
  readonly cellDiameterPx: (Interval & { readonly median: number }) | null;
  readonly imageCount: number;
}

/** One training image as the network sees it. */
export interface RangeItem {
  /** Normalised, at the model's pixel size, in the contract's order of channels. */
  readonly planes: readonly Plane<"float32">[];
  /** Labels of the first compartment. */
  readonly labels: LabelImage;
  /** Pixel size of the image as it was taken. */
  readonly mpp: PixelSize | null;
  readonly modality?: string | undefined;
  readonly platform?: string | undefined;
}

export interface RangeCollector {
  add(item: RangeItem): void;
  /** The range of everything added; `null` when nothing was. */
  finish(): TrainingRange | null;
}

// Objects kept per image for the distribution of diameters: one crowded slide must not outweigh all other images.
const DIAMETERS_PER_IMAGE_MAX = 500;

/**
 * Collects a range from training items one at a time; keeps no pixels.
 *
 * @param roles of the input channels, in the contract's order. Cost of `add`: O(pixels).
 */
export function createRangeCollector(roles: readonly string[]): RangeCollector {
  const statistics: PlaneStatistics[][] = roles.map(() => []);
  const sizes: (PixelSize | null)[] = [];
  const diameters: number[] = [];
  const words = { modality: new Set<string>(), platform: new Set<string>() };
  return {
    add(item) {
      item.planes.forEach((plane, c) => {
        statistics[c]?.push(planeStatistics(plane));
      });
      sizes.push(item.mpp);
      diameters.push(...evenly(cellDiameters(item.labels), DIAMETERS_PER_IMAGE_MAX));
      if (isWord(item.modality)) words.modality.add(item.modality.trim());
      if (isWord(item.platform)) words.platform.add(item.platform.trim());
    },
    finish() {
      if (sizes.length === 0) return null;
      return {
        mpp: sizeInterval(sizes),
        modalities: [...words.modality].sort(),
        platforms: [...words.platform].sort(),
        intensity: roles.map((role, c) => ({ role, ...intensityRange(statistics[c] ?? []) })),
        cellDiameterPx:
          diameters.length === 0
            ? null
            : {
                low: round(quantile(diameters, 0.05)),
                median: round(quantile(diameters, 0.5)),
                high: round(quantile(diameters, 0.95)),
              },
        imageCount: sizes.length,
      };
    },
  };
}

/**
 * What a model has seen that was trained on from a base: images like either's.
 *
 * The usual size of cells stays that of the base, because scales are estimated towards it and the new images were brought to
 * it: a median of ten images would move the scale of every other. Null when the base's is not known.
 */
export function joinRanges(base: TrainingRange | null, own: TrainingRange | null): TrainingRange | null {
  if (base === null || own === null) return base;
  const both = (a: Interval, b: Interval): Interval => ({
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  });
  const words = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort();
  const sizes = [base.cellDiameterPx, own.cellDiameterPx] as const;
  return {
    mpp: base.mpp === null || own.mpp === null ? null : both(base.mpp, own.mpp),
    modalities: words(base.modalities, own.modalities),
    platforms: words(base.platforms, own.platforms),
    intensity: base.intensity.map((one, c) => {
      const other = own.intensity[c] ?? one;
      const entries = planeStatisticNames.map((name) => [name, both(one[name], other[name])] as const);
      return { role: one.role, ...(Object.fromEntries(entries) as unknown as IntensityRange) };
    }),
    cellDiameterPx:
      sizes[0] === null || sizes[1] === null
        ? (sizes[0] ?? sizes[1])
        : { ...both(sizes[0], sizes[1]), median: sizes[0].median },
    imageCount: base.imageCount + own.imageCount,
  };
}

/** Diameters of the circles with the areas of the objects, pixels, ascending. */
export function cellDiameters(labels: LabelImage): number[] {
  return Array.from(indexLabels(labels).areas, (area) => 2 * Math.sqrt(area / Math.PI)).sort((a, b) => a - b);
}

function evenly(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: count },
    (_, i) => values[Math.floor(((i + 0.5) * values.length) / count)] as number,
  );
}

function sizeInterval(sizes: readonly (PixelSize | null)[]): Interval | null {
  const means = sizes.flatMap((size) => (size === null ? [] : [Math.sqrt(size.y * size.x)]));
  if (means.length < sizes.length) return null;
  return { low: round(Math.min(...means)), high: round(Math.max(...means)) };
}

function intensityRange(statistics: readonly PlaneStatistics[]): IntensityRange {
  const interval = (name: keyof PlaneStatistics): Interval => {
    const values = statistics.map((one) => one[name]);
    return values.length === 0
      ? { low: 0, high: 0 }
      : { low: round(quantile(values, 0.02)), high: round(quantile(values, 0.98)) };
  };
  const entries = planeStatisticNames.map((name) => [name, interval(name)] as const);
  return Object.fromEntries(entries) as unknown as IntensityRange;
}

const isWord = (text: string | undefined): text is string => text !== undefined && text.trim() !== "";

/** Four significant digits: the contract is read by people too. */
const round = (value: number): number => Number(value.toPrecision(4));

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  return low + ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low) * (position - below);
}
