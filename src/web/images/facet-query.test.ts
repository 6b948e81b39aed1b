import { expect, test } from "vitest";
import { matchesQuery, parseQuery } from "#core/select/index.ts";
import {
  chipsOf,
  chosenValues,
  rangeOf,
  toggleTerm,
  toggleValue,
  underKey,
  withRange,
} from "./facet-query.ts";

test("ticking writes the query, ticking again takes it back", () => {
  const one = toggleValue("", "kind", "fluorescence");
  expect(one).toBe("kind=fluorescence");
  const two = toggleValue(one, "kind", "phase");
  expect([...chosenValues(two)]).toEqual([["kind", ["fluorescence", "phase"]]]);
  expect(toggleValue(toggleValue(two, "kind", "phase"), "kind", "fluorescence")).toBe("");
});

test("fields are joined by and; the result means what was ticked", () => {
  const text = toggleValue(toggleValue("", "kind", "fluorescence"), "status", "accepted");
  const query = parseQuery(text);
  expect(matchesQuery(query, { kind: "fluorescence", status: "accepted" })).toBe(true);
  expect(matchesQuery(query, { kind: "fluorescence", status: "proposed" })).toBe(false);
});

test("what a person typed is kept", () => {
  const text = toggleValue("cells>20 and (organ=lung or organ=liver)", "kind", "phase");
  const query = parseQuery(text);
  expect(matchesQuery(query, { cells: 30, organ: "liver", kind: "phase" })).toBe(true);
  expect(matchesQuery(query, { cells: 10, organ: "liver", kind: "phase" })).toBe(false);
  expect(matchesQuery(query, { cells: 30, organ: "skin", kind: "phase" })).toBe(false);
  expect([...chosenValues(text).keys()]).toEqual(["kind"]);
});

test("a top-level or is one part, not several ticks", () => {
  const text = toggleValue("kind=a or kind=b", "status", "accepted");
  expect(matchesQuery(parseQuery(text), { kind: "b", status: "proposed" })).toBe(false);
});

test("values with spaces and quotes survive", () => {
  const value = 'plate "3" A01, rim';
  const text = toggleValue("", "group", value);
  expect(chosenValues(text).get("group")).toEqual([value]);
  expect(matchesQuery(parseQuery(text), { group: value })).toBe(true);
});

test("terms are ticked as terms, apart from the words of the same field", () => {
  const one = toggleTerm("organ=odd", "organ", "UBERON:0002048");
  expect(one).toBe("organ=odd and organ under UBERON:0002048");
  const two = toggleTerm(one, "organ", "UBERON:0002107");
  expect(two).toBe("organ=odd and organ under (UBERON:0002048, UBERON:0002107)");
  expect(chosenValues(two).get(underKey("organ"))).toEqual(["UBERON:0002048", "UBERON:0002107"]);
  expect(chosenValues(two).get("organ")).toEqual(["odd"]);
  expect(toggleTerm(toggleTerm(two, "organ", "UBERON:0002048"), "organ", "UBERON:0002107")).toBe("organ=odd");
});

test("a range is two bounds in the query; other comparisons of the field are left alone", () => {
  const text = withRange("cells>3 and kind=a", "cells", { low: "10", high: "20" });
  expect(text).toBe("cells>3 and kind=a and cells>=10 and cells<=20");
  expect(rangeOf(text, "cells")).toEqual({ low: "10", high: "20" });
  expect(withRange(text, "cells", { low: "", high: "" })).toBe("cells>3 and kind=a");
  expect(rangeOf("cells>=(", "cells")).toEqual({ low: "", high: "" });
});

test("chips name what they hold and what is left without them", () => {
  const text = 'organ under T:1 and cells>=5 and (a=1 or b=2) and kind in (x, "y z") and note~draft';
  const labels = new Map([["T:1", "lung"]]);
  expect(chipsOf(text, (curie) => labels.get(curie)).map((chip) => chip.text)).toEqual([
    "organ: lung",
    "cells at least 5",
    "a=1 or b=2",
    "kind: x or y z",
    "note~draft",
  ]);
  expect(chipsOf("a=1 and b=2", () => undefined)[0]?.rest).toBe("b=2");
  expect(chipsOf("a=(", () => undefined)).toEqual([]);
});

test("a text that is no query is left alone", () => {
  expect(toggleValue("kind=(", "status", "accepted")).toBe("kind=(");
  expect(chosenValues("kind=(").size).toBe(0);
});
