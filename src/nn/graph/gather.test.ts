/** Gathering columns by hand, and its gradient by finite differences (tolerance: operators.test.ts). */
import { expect, test } from "vitest";
import { checkGradients, enginesOutside, evaluate } from "../fixtures/check-gradients.ts";
import { constantValue, createGraph, gatherColumns, inputValue, square, type Value } from "./index.ts";

// Four columns read by six of eight places: column 0 twice, 3 three times, 2 once, 1 never.
const indices = [0, 3, 3, 2, -1, 3, 0, -1];
const back = [...[0, -1, 3, 1], ...[6, -1, -1, 2], ...[-1, -1, -1, 5]];
const tables = (x: Value): [Value, Value] => [
  constantValue(x.graph, [2, 4], indices),
  constantValue(x.graph, [3, 4], back),
];

test("columns are copied, and a negative index gives zeros", async () => {
  const graph = createGraph();
  const x = inputValue(graph, "x", [1, 2, 1, 4]);
  const data = Float32Array.from([1, 2, 3, 4, 10, 20, 30, 40]);
  const found = await evaluate(
    { y: gatherColumns(x, tables(x)[0], null) },
    { x: { shape: [1, 2, 1, 4], data } },
  );
  expect(found["y"]!.shape).toEqual([1, 2, 2, 4]);
  expect([...found["y"]!.data]).toEqual([1, 4, 4, 3, 0, 4, 1, 0, 10, 40, 40, 30, 0, 40, 10, 0]);
});

test("the gradient goes back to every column that was read", async () => {
  const report = await checkGradients({
    shapes: [[1, 2, 1, 4]],
    build: (x) => square(gatherColumns(x!, ...tables(x!))),
  });
  expect(report.largest).toBeGreaterThan(1);
  expect(enginesOutside(report, 2e-3)).toEqual([]);
}, 60_000);
