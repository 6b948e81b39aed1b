/**
 * From logits to probabilities of a candidate window, with the temperatures that make them shares of what is right.
 */
import type { CandidateScores, CandidateWindow } from "#core/tracking/index.ts";
import type { WayTables } from "./link-tables.ts";

/** What logits are divided by; above 1 where the network is too sure. */
export interface LinkingTemperatures {
  readonly origin: number;
  readonly fate: number;
  readonly mask: number;
}

export const noTemperatures: LinkingTemperatures = { origin: 1, fate: 1, mask: 1 };

/** Logits of one window: ways in the order of its tables, the rest by detection. */
export interface LinkingLogits {
  readonly ways: Float32Array;
  readonly appears: Float32Array;
  readonly vanishes: Float32Array;
  readonly real: Float32Array;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Origins of each detection: exp(logit / T) of its ways in and of appearing over their sum. */
export function originSums(tables: WayTables, logits: LinkingLogits, temperature: number): Float64Array {
  const sums = Float64Array.from(logits.appears, (z) => Math.exp(z / temperature));
  for (let w = 0; w < tables.ways; w++) {
    const weight = Math.exp(logits.ways[w]! / temperature);
    sums[tables.targets[w]!]! += weight;
    const second = tables.targets[tables.ways + w]!;
    if (second >= 0) sums[second]! += weight;
  }
  return sums;
}

/**
 * Candidates that found no room in the tables get 0. In the first frame nothing is known of origins, in the last of
 * fates: there both cost nothing.
 */
export function probabilities(
  window: CandidateWindow,
  tables: WayTables,
  logits: LinkingLogits,
  temperatures: LinkingTemperatures,
): Required<CandidateScores> {
  const sums = originSums(tables, logits, temperatures.origin);
  const link = new Float32Array(window.from.length);
  const division = new Float32Array(window.divisions.length / 3);
  for (const [w, c] of tables.candidate.entries()) {
    const weight = Math.exp(logits.ways[w]! / temperatures.origin);
    const first = weight / sums[tables.targets[w]!]!;
    if (w < tables.linkCount) link[c] = first;
    else division[c - link.length] = (first * weight) / sums[tables.targets[tables.ways + w]!]!;
  }
  const last = window.frames.length - 1;
  return {
    link,
    division,
    appearance: Float32Array.from(sums, (total, i) =>
      window.frameOf[i] === 0 ? 1 : Math.exp(logits.appears[i]! / temperatures.origin) / total,
    ),
    disappearance: Float32Array.from(logits.vanishes, (z, i) =>
      window.frameOf[i] === last ? 1 : logistic(z / temperatures.fate),
    ),
    real: Float32Array.from(logits.real, (z) => logistic(z / temperatures.mask)),
  };
}
