/**
 * What ways of tracking made of each movie: kept in a file, one movie per line, so that a run that was stopped goes on
 * where it was; and the table over all of them.
 *
 * Links and cells are averaged over movies, divisions are counted over all of them: a movie may have none.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { TrackingScores } from "#core/track-metrics/index.ts";

/** One way of tracking on one movie. */
export interface WayResult {
  readonly way: string;
  readonly lnk: number;
  readonly tra: number;
  readonly seg: number;
  /** At 0, 1, 2 frames of tolerance. */
  readonly divisions: readonly { readonly correct: number; reference: number; predicted: number }[];
  /** Processor time without segmentation. */
  readonly ms: number;
  readonly repairs: readonly string[];
  /** What became of each fault, where that was asked for. */
  readonly faults: readonly string[];
}

export interface MovieResult {
  readonly seed: number;
  readonly density: string;
  readonly frames: number;
  /** What was asked for: results of other questions in the same file are not taken for this one's. */
  readonly settings: string;
  readonly ways: readonly WayResult[];
}

export function wayResult(
  way: string,
  scores: TrackingScores,
  ms: number,
  repairs: readonly string[] = [],
  faults: readonly string[] = [],
): WayResult {
  const divisions = scores.byTolerance.map(({ division: { correct, reference, predicted } }) => ({
    ...{ correct, reference, predicted },
  }));
  const { lnk, tra, seg } = scores;
  return { way, lnk: lnk ?? 0, tra: tra ?? 0, seg: seg ?? 0, divisions, ms, repairs, faults };
}

/** Results in the file that answer the same question, by seed. */
export function readResults(file: string | undefined, settings: string): Map<number, MovieResult> {
  if (file === undefined || !existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const results = lines.map((line) => JSON.parse(line) as MovieResult);
  return new Map(results.filter((one) => one.settings === settings).map((one) => [one.seed, one]));
}

export function keepResult(file: string | undefined, result: MovieResult): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${word} ${count}`).join(", ");
}

/** One row per way and group of movies. */
export function resultTable(movies: readonly MovieResult[]): string[] {
  const groups = [...new Set(movies.map(({ density }) => density)), "all"];
  const ways = [...new Set(movies.flatMap((movie) => movie.ways.map(({ way }) => way)))];
  return groups.flatMap((group) => {
    const own = movies.filter(({ density }) => group === "all" || density === group);
    const frames = own.reduce((sum, movie) => sum + movie.frames, 0);
    return ways.map((name) => {
      const rows = own.flatMap((movie) => movie.ways.filter(({ way }) => way === name));
      const sum = (k: number, of: "correct" | "reference" | "predicted"): number =>
        rows.reduce((total, { divisions }) => total + divisions[k]![of], 0);
      const f1 = [0, 1, 2].map((k) =>
        ((2 * sum(k, "correct")) / Math.max(1, sum(k, "reference") + sum(k, "predicted"))).toFixed(3),
      );
      const lnk = rows.map((row) => row.lnk);
      return [
        name,
        group,
        `${mean(lnk).toFixed(4)}, ${Math.min(...lnk).toFixed(4)}`,
        mean(rows.map(({ tra }) => tra)).toFixed(4),
        mean(rows.map(({ seg }) => seg)).toFixed(4),
        f1.join(", "),
        `${sum(0, "reference")}, ${sum(0, "predicted")}`,
        counted(rows.flatMap(({ repairs, faults }) => [...repairs, ...faults])),
        (rows.reduce((total, { ms }) => total + ms, 0) / frames).toFixed(0),
      ].join(" | ");
    });
  });
}
