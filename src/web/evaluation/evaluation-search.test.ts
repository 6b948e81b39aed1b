import { expect, test } from "vitest";
import { readEvaluationSearch } from "./evaluation-search.ts";

test("reads what it knows and leaves out the rest", () => {
  expect(
    readEvaluationSearch({ tab: "cells", class: "split", field: "organ", value: "lung", image: 3, x: 1 }),
  ).toEqual({ tab: "cells", class: "split", field: "organ", value: "lung", image: 3 });
  expect(readEvaluationSearch({ tab: "rows", class: "wrong", image: -1, field: 5 })).toEqual({});
  expect(readEvaluationSearch({ field: "organ", value: "" })).toEqual({ field: "organ" });
  expect(
    readEvaluationSearch({ tab: "compare", with: "01ARZ3NDEKTSV4RRFFQ69G5FAV", change: "lost" }),
  ).toEqual({
    tab: "compare",
    with: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    change: "lost",
  });
});
