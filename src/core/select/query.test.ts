import { describe, expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import type { Rng } from "../rng.ts";
import { formatQuery, matchesQuery, parseQuery, type Query, type QueryRecord } from "./index.ts";

const record: QueryRecord = {
  kind: "Fluorescence-small",
  split: "train",
  cells: 23,
  name: "plate 3 A01",
  status: "in review",
  taken: "2024-03-01",
  tags: ["mitosis", "dense"],
  approved: true,
  organ: null,
  well: "0x10",
};

describe("queries", () => {
  test.each([
    ["", true],
    ["   ", true],
    ["kind=fluorescence-SMALL and split!=test", true],
    ["kind~fluo", true],
    ["kind!~fluo", false],
    ["cells>20", true],
    ["cells>=23 and cells<=23.0 and cells=23.00", true],
    ["cells>100", false],
    ["cells<9", false],
    ['name="plate 3 A01"', true],
    ['name~"3 a"', true],
    ["status in (accepted, proposed)", false],
    ['status in (accepted, "in review")', true],
    ["not status in (accepted, proposed)", true],
    ["taken>=2024-02-28 and taken<2024-03-02", true],
    ["tags=dense and tags=mitosis", true],
    ["tags!=dense", false],
    ["approved=true", true],
    ['organ="" and missing=""', true],
    ["organ!=lung", true],
    ["organ<5", false],
    ["kind>5", false],
    ["well=16", false],
    ["well=0X10", true],
    // "and" binds tighter than "or", "not" tighter than both.
    ["split=test and cells=1 or cells=23", true],
    ["split=test and (cells=1 or cells=23)", false],
    ["not split=test and split=train", true],
    ["not (split=train and cells=23)", false],
    ["NOT split=test OR cells=0", true],
    ["__proto__=x or constructor=y or toString=z", false],
  ])("%s -> %s", (text, expected) => {
    expect(matchesQuery(parseQuery(text), record)).toBe(expected);
  });

  test.each([
    ["kind=", 6, "the query ends where a value should be"],
    ["kind fluo", 6, '"fluo" stands where an operator'],
    ["=5", 1, '"=" stands where the name of a field should be'],
    ["(a=1", 5, 'the query ends where ")" should be'],
    ["a=1)", 4, '")" stands where "and", "or" or the end should be'],
    ["a=1 b=2", 5, '"b" stands where "and", "or" or the end should be'],
    ["a in b", 6, '"b" stands where "("'],
    ["a in (b c)", 9, '"c" stands where "," or ")"'],
    ["a in ()", 7, '")" stands where a value'],
    ['name="open', 6, "never closed"],
    ["a=1 and", 8, "the query ends where the name of a field"],
    ["a=b;c", 4, 'the character ";" has no meaning'],
    ["and=1", 1, '"and" stands where the name of a field'],
    ["a=😀", 3, 'the character "😀"'],
  ])("%s fails at column %d", (text, column, message) => {
    expect(() => parseQuery(text)).toThrow(message);
    expect(() => parseQuery(text)).toThrow(
      expect.objectContaining({ code: "query.syntax", details: { column } }),
    );
  });

  test("nesting and length have limits", () => {
    expect(() => parseQuery(`${"(".repeat(40)}a=1${")".repeat(40)}`)).toThrow(/levels/);
    expect(() => parseQuery("not ".repeat(40))).toThrow(/levels/);
    expect(() => parseQuery(`a=${"x".repeat(20_000)}`)).toThrow(/longer than/);
  });

  test("formats with as few parentheses as needed", () => {
    expect(formatQuery(parseQuery('( (a=1) and (b="x y" or not (c=2 or d~e)) )'))).toBe(
      'a=1 and (b="x y" or not (c=2 or d~e))',
    );
    expect(formatQuery(parseQuery('"and"="or" and x="say \\"hi\\""'))).toBe(
      '"and"="or" and x="say \\"hi\\""',
    );
    expect(formatQuery({ type: "all" })).toBe("");
  });

  test("terms: a term, its descendants, several terms; the raw text plays no part", () => {
    const below: Record<string, string[]> = { lung: ["T:1", "T:2"], "T:9": ["T:9"] };
    const scope = { closure: (_: string, text: string) => new Set(below[text] ?? []) };
    const bronchus: QueryRecord = { organ: "Lung, left", "organ.term": "T:2" };
    const matches = (text: string, of: QueryRecord) => matchesQuery(parseQuery(text), of, scope);
    expect(matches("organ under lung", bronchus)).toBe(true);
    expect(matches("organ under (T:9, lung)", bronchus)).toBe(true);
    expect(matches("organ under T:9", bronchus)).toBe(false);
    expect(matches("not organ under lung", bronchus)).toBe(false);
    expect(matches("cellType under lung", bronchus)).toBe(false);
    expect(matches("organ under lung", { organ: "lung" })).toBe(false);
    expect(formatQuery(parseQuery('organ  UNDER ( "lung" )'))).toBe("organ under lung");
    expect(formatQuery(parseQuery('organ under (lung,"B cell")'))).toBe('organ under (lung, "B cell")');
  });

  test("law: parse of format is the identity", () =>
    forSeeds(400, (random) => {
      const query = randomQuery(random, 3);
      expect(parseQuery(formatQuery(query))).toEqual(query);
    }));

  test("law: any text parses or fails with a column inside it", () =>
    forSeeds(400, (random) => {
      const pieces = [
        "a",
        "kind",
        "=",
        "!=",
        "~",
        "<",
        "(",
        ")",
        ",",
        "in",
        "under",
        "and",
        "or",
        "not",
        '"x y"',
        '"',
        "\\",
        " ",
        "7",
      ];
      const text = Array.from({ length: random.int(12) }, () => random.pick(pieces)).join(
        random.chance(0.5) ? " " : "",
      );
      try {
        parseQuery(text);
      } catch (error) {
        const { code, details } = error as { code: string; details: { column: number } };
        expect(code).toBe("query.syntax");
        expect(details.column).toBeGreaterThanOrEqual(1);
        expect(details.column).toBeLessThanOrEqual(text.length + 1);
      }
    }));
});

function randomQuery(random: Rng, depth: number): Query {
  const value = (): string => random.pick(["a", "x y", 'q"u\\o', "not", "3.5", "", "größe", "a,b"]);
  const kind = depth === 0 ? 0 : random.int(5);
  if (kind <= 1)
    return {
      type: "compare",
      field: value(),
      operator: random.pick(["=", "!=", "~", "!~", "<", "<=", ">", ">="]),
      value: value(),
    };
  if (kind === 2)
    return {
      type: random.chance(0.5) ? "in" : "under",
      field: value(),
      values: Array.from({ length: 1 + random.int(3) }, value),
    };
  if (kind === 3) return { type: "not", part: randomQuery(random, depth - 1) };
  const parts = Array.from({ length: 2 + random.int(2) }, () => randomQuery(random, depth - 1));
  return { type: random.chance(0.5) ? "and" : "or", parts };
}
