import { expect, test } from "vitest";
import { isSelected, nothing, selectedCount, toggleSelected } from "./selection.ts";

const shown = ["a", "b", "c", "d", "e"];

test("a click adds and takes out; Shift adds all between, in either direction", () => {
  const one = toggleSelected(nothing, "d", shown, false);
  const three = toggleSelected(one, "b", shown, true);
  expect(shown.filter((id) => isSelected(three, id))).toEqual(["b", "c", "d"]);
  const two = toggleSelected(three, "c", shown, false);
  expect(shown.filter((id) => isSelected(two, id))).toEqual(["b", "d"]);
  expect(selectedCount(two, 99)).toBe(2);
});

test("Shift without a start is a click; a start that is no longer shown adds only what is", () => {
  expect(selectedCount(toggleSelected(nothing, "c", shown, true), 99)).toBe(1);
  const gone = toggleSelected(nothing, "z", ["z"], false);
  expect(isSelected(toggleSelected(gone, "c", shown, true), "a")).toBe(false);
});

test("all of the query, less one, is everything shown but that one", () => {
  expect(selectedCount({ kind: "query" }, 1234)).toBe(1234);
  const less = toggleSelected({ kind: "query" }, "c", shown, false);
  expect(shown.filter((id) => isSelected(less, id))).toEqual(["a", "b", "d", "e"]);
});
