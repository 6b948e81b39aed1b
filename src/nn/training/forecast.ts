/**
 * How much better would a model get with more labelled cells?
 *
 * A saturating power law through the base model's score, score(n) = limit - (limit - base) * (1 + n / scale)^-rate, the
 * usual form of learning curves (Hestness et al. 2017, "Deep learning scaling is predictable, empirically"). With the
 * three or four points that a lab has, one best curve would promise too much: every curve of a grid that passes the points
 * within their noise is kept, and the forecast is their range.
 */
import { assert } from "#core/errors.ts";

export interface ForecastPoint {
  /** Labelled cells the model learnt from. */
  readonly cells: number;
  /** Score on held-out groups, 0..1. */
  readonly score: number;
}

export interface Forecast {
  /** Curve of least squares. */
  readonly expected: number;
  /** Range over all curves that pass the points within their noise. */
  readonly low: number;
  readonly high: number;
}

export interface LearningCurve {
  /** Forecast for a number of labelled cells, 0 or more. */
  at(cells: number): Forecast;
}

interface Curve {
  readonly limit: number;
  readonly scale: number;
  readonly rate: number;
}

/** Standard deviation of a score on some hundred held-out cells; smaller differences say nothing. */
const scoreNoise = 0.015;

const limitSteps = 24;
/** Cells after which the gain is well under way: from a handful to ten thousand. */
const scales = Array.from({ length: 14 }, (_, i) => 4 * 2 ** i);
const rates = [0.25, 0.5, 0.75, 1, 1.5];

/**
 * Learning curve through a base score and the scores after learning from some cells.
 *
 * @param base  score of the model without any of the cells, 0..1.
 * @param points  at least one, cells above 0. A curve never falls: points below the base count as no gain.
 * Cost: 1,700 curves times the points.
 */
export function fitLearningCurve(base: number, points: readonly ForecastPoint[]): LearningCurve {
  assert(base >= 0 && base <= 1, "the base score must lie within 0 and 1");
  assert(
    points.length > 0 && points.every(({ cells }) => cells > 0),
    "a forecast needs points above 0 cells",
  );
  const fits: { readonly curve: Curve; readonly misfit: number }[] = [];
  for (let step = 0; step <= limitSteps; step++) {
    const limit = base + ((1 - base) * step) / limitSteps;
    for (const scale of scales) {
      for (const rate of rates) {
        const curve = { limit, scale, rate };
        const misfit = points.reduce(
          (sum, { cells, score }) => sum + (scoreOf(curve, base, cells) - Math.max(base, score)) ** 2,
          0,
        );
        fits.push({ curve, misfit });
      }
    }
  }
  const best = fits.reduce((a, b) => (b.misfit < a.misfit ? b : a));
  const plausible = fits.filter(({ misfit }) => misfit <= best.misfit + scoreNoise ** 2);
  return {
    at(cells) {
      const scores = plausible.map(({ curve }) => scoreOf(curve, base, cells));
      return {
        expected: scoreOf(best.curve, base, cells),
        low: Math.min(...scores),
        high: Math.max(...scores),
      };
    },
  };
}

function scoreOf({ limit, scale, rate }: Curve, base: number, cells: number): number {
  return limit - (limit - base) * (1 + cells / scale) ** -rate;
}
