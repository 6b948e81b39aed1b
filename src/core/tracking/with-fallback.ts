/** A solver that hands what it cannot solve within its limits to another, so that one hard window ends no movie. */
import { isFoundryError } from "../errors.ts";
import type { LinkSolver } from "./link-problem.ts";

/**
 * @param solver  may throw `limit.time`; other errors pass through. @param fallback  takes those problems.
 * @param onFallback  told of each, to be noted with the result.
 */
export function withFallback(solver: LinkSolver, fallback: LinkSolver, onFallback?: () => void): LinkSolver {
  return {
    name: `${solver.name}, else ${fallback.name}`,
    solve: (problem) => {
      try {
        return solver.solve(problem);
      } catch (error) {
        if (!isFoundryError(error, "limit.time")) throw error;
        onFallback?.();
        return fallback.solve(problem);
      }
    },
  };
}
