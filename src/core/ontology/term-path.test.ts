/** Breadcrumbs and merged local terms, on a vocabulary small enough to see through. */

import { expect, test } from "vitest";
import { foldReplaced } from "./fold-replaced.ts";
import type { Term } from "./term.ts";
import { termPath } from "./term-path.ts";
import { buildVocabulary } from "./vocabulary.ts";

const term = (curie: string, label: string, parent?: string): Term => ({
  curie,
  label,
  source: curie.startsWith("local:") ? "local" : "UBERON",
  release: "1",
  synonyms: [],
  parents: parent === undefined ? [] : [{ curie: parent, relation: "isA" }],
});
const terms = [
  term("UBERON:0001062", "anatomical entity"),
  term("UBERON:0000002", "gland", "UBERON:0001062"),
  term("UBERON:0000003", "spleen", "UBERON:0000002"),
  term("UBERON:0000004", "white pulp", "UBERON:0000003"),
];

test("a breadcrumb ends below the facet's root and survives a circle", () => {
  const vocabulary = buildVocabulary(terms);
  expect(termPath(vocabulary, "UBERON:0000004", "organ")).toEqual(["gland", "spleen"]);
  expect(termPath(vocabulary, "UBERON:0000002", "organ")).toEqual([]);
  expect(termPath(vocabulary, "UBERON:0000009", "organ")).toEqual([]);
  const circle = buildVocabulary([
    term("UBERON:0000005", "a", "UBERON:0000006"),
    term("UBERON:0000006", "b", "UBERON:0000005"),
  ]);
  expect(termPath(circle, "UBERON:0000005")).toEqual(["b"]);
});

test("the names of a merged local term mean the term it was merged into", () => {
  const merged: Term = {
    ...term("local:pulp", "pale pulp", "UBERON:0000003"),
    synonyms: ["pulpa"],
    deprecated: true,
    replacedBy: "UBERON:0000004",
  };
  const vocabulary = buildVocabulary(foldReplaced([...terms, merged]));
  for (const name of ["pale pulp", "Pulpa", "white pulp"]) {
    expect(vocabulary.resolve("organ", name)).toMatchObject({
      state: "known",
      term: { curie: "UBERON:0000004" },
    });
  }
  expect(vocabulary.term("local:pulp")?.replacedBy).toBe("UBERON:0000004");
});
