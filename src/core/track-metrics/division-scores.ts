/**
 * Divisions found, missed, invented and mismatched, with a tolerance in frames.
 *
 * Two divisions are the same when they lie at most `tolerance` frames apart, their parents are the same cell when the
 * earlier one divides, and their daughters pair up when the later of each pair appears. A division with the right parent
 * and a wrong daughter is an error on both sides, as it is to a biologist; the predecessor left it out of every ratio.
 * With only children cut or joined, a division has two or more daughters.
 */
import { assignPairs } from "../metrics/index.ts";
import type { MovieMatch } from "./movie-match.ts";
import type { Chain } from "./track-forest.ts";

export interface DivisionScores {
  /** Frames by which a division and its daughters' first frames may be off. */
  readonly tolerance: number;
  readonly reference: number;
  readonly predicted: number;
  /** Same parent, same daughters. */
  readonly correct: number;
  /** Reference divisions whose parent divides within the tolerance, into other daughters; also in both below. */
  readonly mismatched: number;
  /** Reference divisions that are not correct; predicted ones that are not. */
  readonly missed: number;
  readonly false: number;
  readonly precision: number | null;
  readonly recall: number | null;
  /** 2 correct / (reference + predicted); null when neither has a division. */
  readonly f1: number | null;
  /** Correct / (correct + missed + false): mitotic branching correctness with mismatches as errors. */
  readonly branchingCorrectness: number | null;
}

export interface DivisionRule {
  readonly tolerance: number;
  /**
   * "exact": parents and daughters are compared in one frame each, and may share their prediction with another cell, as
   * BC(i) of the challenge does. "near": any frame up to the tolerance before (parents) or after (daughters) will do, and
   * each must be found alone, so that one bad frame at a division does not cost the division.
   */
  readonly frames: "exact" | "near";
}

/** Cost: O(divisions x divisions within the tolerance of the same cell). */
export function divisionScores(match: MovieMatch, rule: DivisionRule): DivisionScores {
  const references = divisionsOf(match.reference.chains.list);
  const predictions = divisionsOf(match.predicted.chains.list);
  const compare = compareDivisions(match, rule);
  const pairs: { row: number; column: number; weight: number }[] = [];
  const sameParent: [number, number][] = [];
  const byFrame = Map.groupBy(predictions.keys(), (k) => predictions[k]!.last);
  const smaller = Math.max(1, Math.min(references.length, predictions.length));
  for (const [row, truth] of references.entries()) {
    for (let off = -rule.tolerance; off <= rule.tolerance; off++) {
      for (const column of byFrame.get(truth.last + off) ?? []) {
        const result = predictions[column]!;
        if (!compare.sameParent(truth, result)) continue;
        sameParent.push([row, column]);
        // As many as possible, then the nearest in time.
        const nearness = 1 - Math.abs(off) / (rule.tolerance + 1);
        if (compare.sameDaughters(truth, result))
          pairs.push({ row, column, weight: 1 + nearness / (2 * smaller) });
      }
    }
  }
  const partner = assignPairs(references.length, predictions.length, pairs);
  const taken = new Set(partner);
  const correct = partner.reduce((sum, column) => sum + (column >= 0 ? 1 : 0), 0);
  const mismatched = new Set(
    sameParent.filter(([row, column]) => partner[row] === -1 && !taken.has(column)).map(([row]) => row),
  ).size;
  return summarise(rule.tolerance, references.length, predictions.length, correct, mismatched);
}

function summarise(
  tolerance: number,
  reference: number,
  predicted: number,
  correct: number,
  mismatched: number,
): DivisionScores {
  const ratio = (whole: number): number | null => (whole === 0 ? null : correct / whole);
  return {
    tolerance,
    reference,
    predicted,
    correct,
    mismatched,
    missed: reference - correct,
    false: predicted - correct,
    precision: ratio(predicted),
    recall: ratio(reference),
    f1: ratio((reference + predicted) / 2),
    branchingCorrectness: ratio(reference + predicted - correct),
  };
}

const divisionsOf = (chains: readonly Chain[]): Chain[] =>
  chains.filter(({ children }) => children.length > 1);

interface CompareDivisions {
  sameParent(truth: Chain, result: Chain): boolean;
  sameDaughters(truth: Chain, result: Chain): boolean;
}

function compareDivisions(match: MovieMatch, { tolerance, frames }: DivisionRule): CompareDivisions {
  const slack = frames === "near" ? tolerance : 0;
  const [truths, results] = [match.reference, match.predicted];
  /** Whether the two cells are one in any of these frames. */
  const meet = (truth: Chain, result: Chain, from: number, to: number): boolean => {
    for (let t = from; t <= to; t++) {
      const member = memberAt(truth, t, truths.forest.frames);
      if (member < 0) continue;
      const p = match.found[member] as number;
      if (p < 0 || results.chains.list[results.chains.chainOf[p] as number] !== result) continue;
      if (frames === "exact" || match.foundCount[p] === 1) return true;
    }
    return false;
  };
  return {
    sameParent: (truth, result) => {
      const earlier = Math.min(truth.last, result.last);
      return meet(truth, result, earlier - slack, earlier);
    },
    sameDaughters: (truth, result) => {
      if (truth.children.length !== result.children.length) return false;
      const pairs: { row: number; column: number; weight: number }[] = [];
      for (const [row, a] of truth.children.entries()) {
        for (const [column, b] of result.children.entries()) {
          const [one, other] = [truths.chains.list[a]!, results.chains.list[b]!];
          if (Math.abs(one.first - other.first) > tolerance) continue;
          const later = Math.max(one.first, other.first);
          if (meet(one, other, later, later + slack)) pairs.push({ row, column, weight: 1 });
        }
      }
      return assignPairs(truth.children.length, result.children.length, pairs).every((column) => column >= 0);
    },
  };
}

/** Detection of a chain in a frame, -1 where it has none. */
function memberAt({ members, first, last }: Chain, t: number, frames: Int32Array): number {
  if (t < first || t > last) return -1;
  // Without gaps the place is known; with gaps it lies before it.
  for (let k = Math.min(t - first, members.length - 1); k >= 0; k--) {
    const member = members[k] as number;
    if (frames[member] === t) return member;
    if ((frames[member] as number) < t) return -1;
  }
  return -1;
}
