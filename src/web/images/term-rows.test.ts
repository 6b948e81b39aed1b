import { expect, test } from "vitest";
import { termRows } from "./term-rows.ts";

test("terms are indented below their parents, words without a term come last and say so", () => {
  const node = (curie: string, parent: string | null) => ({
    curie,
    label: curie.toLowerCase(),
    parent,
    images: 1,
    cells: 2,
    ownImages: 1,
  });
  const word = (text: string, state: "plain" | "unknown") => ({
    word: text,
    curie: null,
    state,
    images: 3,
    cells: 0,
  });
  const rows = termRows({
    field: "organ",
    terms: [node("A", null), node("B", "A"), node("C", "B"), node("D", null)],
    words: [word("odd", "unknown"), word("fine", "plain")],
    moreWords: 0,
  });
  expect(rows.map(({ name, depth, needsTerm }) => [name, depth, needsTerm])).toEqual([
    ["a", 0, false],
    ["b", 1, false],
    ["c", 2, false],
    ["d", 0, false],
    ["odd", 0, true],
    ["fine", 0, false],
  ]);
});
