import { describe, expect, test } from "vitest";
import { rng as startRng } from "../rng.ts";
import { umap } from "./index.ts";

type Rows = readonly (readonly number[])[];

const columnsOf = (rows: Rows): Float64Array[] =>
  (rows[0] ?? []).map((_, c) => Float64Array.from(rows, (row) => row[c] as number));
const placesOf = ({ x, y }: ReturnType<typeof umap>): Rows =>
  [...x].map((value, i) => [value, y[i] as number]);

/** Rows in order of distance from row i, itself left out. */
function ranking(rows: Rows, i: number): number[] {
  const far = (j: number): number =>
    (rows[i] as number[]).reduce(
      (sum, value, c) => sum + (value - ((rows[j] as number[])[c] as number)) ** 2,
      0,
    );
  return rows
    .map((_, j) => j)
    .filter((j) => j !== i)
    .sort((a, b) => far(a) - far(b) || a - b);
}

/** Venna and Kaski 2001, the formula of scikit-learn: 1 minus the ranks by which strangers came near. */
function trustworthiness(high: Rows, low: Rows, k: number): number {
  const n = high.length;
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const rank = new Map(ranking(high, i).map((j, r) => [j, r + 1]));
    for (const j of ranking(low, i).slice(0, k)) penalty += Math.max(0, (rank.get(j) as number) - k);
  }
  return 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * penalty;
}

function clusters(
  count: number,
  each: number,
  dimensions: number,
  apart: number,
): { rows: Rows; group: number[] } {
  const rng = startRng(3);
  const centres = Array.from({ length: count }, () =>
    Array.from({ length: dimensions }, () => apart * rng.normal()),
  );
  const rows = centres.flatMap((centre) =>
    Array.from({ length: each }, () => centre.map((value) => value + rng.normal())),
  );
  return { rows, group: rows.map((_, i) => Math.floor(i / each)) };
}

describe("UMAP", () => {
  const { rows, group } = clusters(4, 40, 8, 6);
  const map = umap(columnsOf(rows), { rounds: 200 });
  const places = placesOf(map);

  test("groups that are apart stay apart: nearest neighbours on the map are of one's own group", () => {
    const own = rows.flatMap((_, i) =>
      ranking(places, i)
        .slice(0, 10)
        .map((j) => Number(group[j] === group[i])),
    );
    expect(own.reduce((sum, value) => sum + value, 0) / own.length).toBeGreaterThan(0.99);
  });

  test("who lies beside whom is kept: trustworthiness far above that of a random map", () => {
    const rng = startRng(9);
    const random = rows.map(() => [rng.normal(), rng.normal()]);
    expect(trustworthiness(rows, random, 12)).toBeLessThan(0.6);
    // Noise in eight dimensions cannot lie flat: within its groups even the best map loses some.
    expect(trustworthiness(rows, places, 12)).toBeGreaterThan(0.9);
  });

  test("a curved sheet lies flat: neighbours are kept almost all", () => {
    const sheet = Array.from({ length: 300 }, (_, i) => {
      const [u, v] = [(i % 30) / 10, Math.floor(i / 30) / 3];
      return [Math.cos(u), Math.sin(u), v];
    });
    const flat = placesOf(umap(columnsOf(sheet), { rounds: 300, neighbours: 10 }));
    expect(trustworthiness(sheet, flat, 10)).toBeGreaterThan(0.97);
  });

  test("the same cells give the same map; another seed another one", () => {
    expect(umap(columnsOf(rows), { rounds: 200 })).toEqual(map);
    expect(umap(columnsOf(rows), { rounds: 200, seed: 1 }).x).not.toEqual(map.x);
  });

  test("units do not count, nor do features that are the same for all, nor gaps", () => {
    const columns = columnsOf(rows);
    // Powers of two change no rounding: the layout is chaotic, and one last digit moves cells after some rounds.
    const scaled = [
      ...columns.map((column, c) => column.map((value) => 1024 ** (c % 3) * value)),
      new Float64Array(160).fill(7),
    ];
    const far = umap(scaled, { rounds: 50 });
    const plain = umap(columns, { rounds: 50 });
    expect(far).toEqual(plain);
    const holes = columns.map((column) => column.slice());
    (holes[0] as Float64Array)[3] = Number.NaN;
    expect(umap(holes, { rounds: 5 }).x.every(Number.isFinite)).toBe(true);
  });

  test("copies of one cell, and few cells, are no trouble", () => {
    const same = columnsOf([...Array.from({ length: 20 }, () => [1, 2]), [5, 1], [6, 0]]);
    expect(umap(same, { rounds: 50 }).y.every(Number.isFinite)).toBe(true);
    expect(umap(columnsOf([[1], [2], [3], [4], [9]]), { rounds: 50 }).x.every(Number.isFinite)).toBe(true);
    expect(() => umap(columnsOf([[1], [2]]))).toThrow(expect.objectContaining({ code: "limit.objects" }));
    expect(() => umap([new Float64Array(10)])).toThrow(expect.objectContaining({ code: "request.invalid" }));
  });
});
