/** Best choice among a few candidates by trying them in turn, cut where even taking all the rest would not be better. */
import type { LinkProblem } from "./link-problem.ts";
import { candidateGain } from "./reduce-problem.ts";

/**
 * @param candidates  few (the time doubles with each at worst); none touches an optional detection.
 * @returns the chosen ones, ascending; of equal choices the one that takes earlier candidates.
 */
export function searchPart(problem: LinkProblem, candidates: readonly number[]): number[] {
  const order = candidates.toSorted((a, b) => candidateGain(problem, b) - candidateGain(problem, a) || a - b);
  const gains = order.map((k) => candidateGain(problem, k));
  const rest = [...gains, 0];
  for (let at = gains.length - 1; at >= 0; at--) rest[at] = gains[at]! + rest[at + 1]!;
  const { from, to, divisions, count } = problem;
  // Ways out are counted from 0, ways in from `count`.
  const ways = order.map((k) => {
    if (k < from.length) return [from[k], count + to[k]];
    const at = 3 * (k - from.length);
    return [divisions[at], count + divisions[at + 1], count + divisions[at + 2]];
  });
  const used = new Set<number>();
  const chosen: number[] = [];
  let [best, bestGain]: [number[], number] = [[], 0];
  const visit = (at: number, gain: number): void => {
    if (gain > bestGain) [best, bestGain] = [[...chosen], gain];
    if (at === order.length || gain + rest[at]! <= bestGain) return;
    if (ways[at]!.every((way) => !used.has(way))) {
      for (const way of ways[at]!) used.add(way);
      chosen.push(order[at]!);
      visit(at + 1, gain + gains[at]!);
      chosen.pop();
      for (const way of ways[at]!) used.delete(way);
    }
    visit(at + 1, gain);
  };
  visit(0, 0);
  return best.sort((a, b) => a - b);
}
