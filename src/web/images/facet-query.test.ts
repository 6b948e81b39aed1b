import { expect, test } from "vitest";
import { matchesQuery, parseQuery } from "#core/select/index.ts";
import { chosenValues, toggleValue, withoutField } from "./facet-query.ts";

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

test("the query without one field keeps the others", () => {
  expect(withoutField("kind in (a, b) and status=accepted", "kind")).toBe("status=accepted");
  expect(withoutField("kind=a", "kind")).toBe("");
});

test("a text that is no query is left alone", () => {
  expect(toggleValue("kind=(", "status", "accepted")).toBe("kind=(");
  expect(chosenValues("kind=(").size).toBe(0);
});
