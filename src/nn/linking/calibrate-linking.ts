/**
 * Temperatures of a trained linker: one number per kind of decision, fitted where nothing was trained.
 *
 * A temperature keeps the order of candidates and the form of a softmax, which a curve per candidate would not; and one
 * number cannot be fitted too closely (Guo et al. 2017). Found by golden section on the mean negative log likelihood.
 */
import type { Session } from "../engine/engine.ts";
import type { KnownWindow } from "./known-windows.ts";
import { type LinkingLogits, type LinkingTemperatures, originSums } from "./link-probabilities.ts";
import { linkingLogits } from "./linking-model.ts";

interface Judged extends KnownWindow {
  readonly logits: LinkingLogits;
}

/** What a set of windows says of a model. Losses are means per decision, natural logarithm. */
export interface LinkingQuality {
  readonly origins: number;
  readonly originLoss: number;
  readonly fateLoss: number;
  readonly maskLoss: number;
  /** Share of detections whose likeliest origin is the true one. */
  readonly originsRight: number;
  /** Largest gap between probability and share that is right, over ten equal bins of at least 100 candidates. */
  readonly calibrationGap: number;
  /** Mean gap, each candidate counted once. */
  readonly calibrationError: number;
}

export async function judgeWindows(session: Session, windows: readonly KnownWindow[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const window of windows)
    judged.push({ ...window, logits: await linkingLogits(session, window.inputs) });
  return judged;
}

export function fitTemperatures(judged: readonly Judged[]): LinkingTemperatures {
  const temperatureOf = (loss: (temperature: number) => number): number =>
    Math.exp(goldenSection((x) => loss(Math.exp(x)), Math.log(0.25), Math.log(4)));
  return {
    origin: temperatureOf((t) => originLoss(judged, t).mean),
    fate: temperatureOf((t) => binaryLoss(judged, "vanishes", t)),
    mask: temperatureOf((t) => binaryLoss(judged, "real", t)),
  };
}

function originLoss(judged: readonly Judged[], temperature: number): { mean: number; count: number } {
  let [total, count] = [0, 0];
  for (const { inputs, targets, logits } of judged) {
    const sums = originSums(inputs.tables, logits, temperature);
    for (let j = 0; j < sums.length; j++) {
      total +=
        targets.originWeight[j]! * Math.log(sums[j]!) -
        (targets.appears[j]! * logits.appears[j]!) / temperature;
      count += targets.originWeight[j]!;
    }
    for (let w = 0; w < inputs.tables.ways; w++) total -= (targets.way[w]! * logits.ways[w]!) / temperature;
  }
  return { mean: total / Math.max(1, count), count };
}

function binaryLoss(judged: readonly Judged[], kind: "vanishes" | "real", temperature: number): number {
  let [total, count] = [0, 0];
  for (const { targets, logits } of judged) {
    const weight = kind === "vanishes" ? targets.vanishesWeight : targets.realWeight;
    for (let i = 0; i < weight.length; i++) {
      const z = logits[kind][i]! / temperature;
      total += weight[i]! * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - z * targets[kind][i]!);
      count += weight[i]!;
    }
  }
  return total / Math.max(1, count);
}

export function qualityOf(judged: readonly Judged[], temperatures: LinkingTemperatures): LinkingQuality {
  const { mean, count } = originLoss(judged, temperatures.origin);
  const bins = Array.from({ length: 10 }, () => ({ sum: 0, right: 0, count: 0 }));
  let right = 0;
  for (const { inputs, targets, logits } of judged) {
    const { tables } = inputs;
    const sums = originSums(tables, logits, temperatures.origin);
    const best = Float64Array.from(logits.appears);
    const bestRight = Float64Array.from(targets.appears);
    for (let w = 0; w < tables.ways; w++)
      for (const row of [0, 1]) {
        const j = tables.targets[row * tables.ways + w]!;
        if (j < 0 || targets.originWeight[j] === 0) continue;
        const truth = targets.way[w]! > 0 ? 1 : 0;
        const p = Math.exp(logits.ways[w]! / temperatures.origin) / sums[j]!;
        const bin = bins[Math.min(9, Math.floor(10 * p))]!;
        bin.sum += p;
        bin.right += truth;
        bin.count++;
        if (logits.ways[w]! > best[j]!) {
          best[j] = logits.ways[w]!;
          bestRight[j] = truth;
        }
      }
    for (let j = 0; j < best.length; j++) right += targets.originWeight[j]! * bestRight[j]!;
  }
  const gaps = bins.filter((bin) => bin.count >= 100).map((bin) => Math.abs(bin.sum - bin.right) / bin.count);
  return {
    origins: count,
    originLoss: mean,
    fateLoss: binaryLoss(judged, "vanishes", temperatures.fate),
    maskLoss: binaryLoss(judged, "real", temperatures.mask),
    originsRight: right / Math.max(1, count),
    calibrationGap: Math.max(0, ...gaps),
    calibrationError:
      bins.reduce((sum, bin) => sum + Math.abs(bin.sum - bin.right), 0) /
      Math.max(
        1,
        bins.reduce((sum, bin) => sum + bin.count, 0),
      ),
  };
}

/** Lowest point of a function with one valley. */
export function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const share = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - share * (b - a), a + share * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (b - a > 1e-4) {
    if (atLeft < atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - share * (b - a);
      atLeft = f(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + share * (b - a);
      atRight = f(right);
    }
  }
  return (a + b) / 2;
}
