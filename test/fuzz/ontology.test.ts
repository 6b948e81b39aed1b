/**
 * Hostile and damaged ontologies and sheets: terms or a coded error with its place, in bounded time.
 *
 * Seeded mutations of our own valid files: flipped bits, cuts, repeated pieces, and pieces of syntax put where they do
 * not belong; and files made to be large when they are opened. Each case is named by file and round. Then laws: the
 * words of a sheet come out as they went in, and whatever a person types, search and resolving answer.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFoundryError } from "../../src/core/errors.ts";
import {
  buildVocabulary,
  facetNames,
  mergeTerms,
  metadataFields,
  metadataPresets,
  shippedTerms,
  validateMetadata,
} from "../../src/core/ontology/index.ts";
import { parseSheet, readOntology, sheetTemplate, validateSheet } from "../../src/formats/index.ts";
import { generator, mutate } from "./mutations.ts";

const vocabulary = buildVocabulary(shippedTerms());
// Far beyond what any file below needs, so that only a hang or a bomb reaches it.
const HANG_MS = 10_000;

/** Pieces of syntax of YAML, CSV and OBO. */
const pieces = [
  '"',
  "'",
  "\\",
  "\n",
  "\r",
  "\t",
  ":",
  "[",
  "]",
  "{",
  "}",
  ",",
  "-",
  "&a ",
  "*a",
  "<<",
  "!",
  "!!js/function ",
  "|",
  ">",
  "%",
  "@",
  "#",
  "[Term]\n",
  "id: ",
  "is_a: ",
  "\ufeff",
  "\u0000",
  "\u202e",
  "name",
  "*",
  "null",
  "__proto__",
  "constructor",
  "9e999",
  "synonym: ",
];

/** Runs one reader; anything but a value or a coded error is a failure that names the case. */
function outcome(label: string, run: () => void): "read" | "refused" {
  const start = performance.now();
  try {
    run();
    return "read";
  } catch (error) {
    if (!isFoundryError(error)) throw new Error(`${label}: not a coded error`, { cause: error });
    expect(error.code, label).toMatch(/^(format\.obo|format\.sheet|limit\.\w+)$/);
    expect(error.message.length, label).toBeLessThan(600);
    expect(error.hint, label).toBeDefined();
    return "refused";
  } finally {
    expect(performance.now() - start, label).toBeLessThan(HANG_MS);
  }
}

const obo = `format-version: 1.4
data-version: releases/2027-01-02

[Term]
id: UBERON:0001062
name: anatomical entity

[Term]
id: UBERON:0002106
name: spleen
synonym: "lien" EXACT LATIN [http://x]
synonym: "milt \\"old\\"" RELATED []
is_a: UBERON:0001062 {x="y"} ! anatomical entity
relationship: part_of UBERON:0002405 ! immune system
alt_id: UBERON:0009999

[Term]
id: CVCL_0030
name: HeLa
xref: NCBI_TaxID:9606 ! Homo sapiens
is_obsolete: true
replaced_by: UBERON:0002106
`;

const address = "http://purl.obolibrary.org/obo/";
const graph = JSON.stringify({
  graphs: [
    {
      meta: { version: `${address}uberon/releases/2027-01-02/uberon.json` },
      nodes: [
        { id: `${address}UBERON_0001062`, lbl: "anatomical entity", type: "CLASS" },
        {
          id: `${address}UBERON_0002106`,
          lbl: "spleen",
          meta: { synonyms: [{ pred: "hasExactSynonym", val: "lien" }] },
        },
      ],
      edges: [{ sub: `${address}UBERON_0002106`, pred: "is_a", obj: `${address}UBERON_0001062` }],
    },
  ],
});

const yaml = `preset: live-cell
defaults: &d
  cellLine: HeLa
  mpp: 0.650
channels:
  - { name: Cy5, role: nuclear }
groups:
  B07: *d
images:
  - { name: a.tif, group: B07, organ: "uterine \\"cervix\\"" }
  - name: b.tif
    notes: |
      two
      lines
`;

const ontologies: readonly (readonly [name: string, text: string])[] = [
  ["o.obo", obo],
  ["o.json", graph],
];
const sheets: readonly (readonly [name: string, text: string])[] = [
  ["s.yaml", yaml],
  ["s.csv", 'name,group,organ,mpp,channel 1 role\n*,,lung,0.5,nuclear\n"a ""b""",f1,splen,0.5,\nc,f2,,,\n'],
  ...metadataPresets.map((preset) => [`${preset.name}.yaml`, sheetTemplate(preset, "yaml")] as const),
];

const ROUNDS = 250;

test(`${ROUNDS * ontologies.length} mutations of ontologies`, () => {
  const counts = { read: 0, refused: 0 };
  for (const [index, [name, text]] of ontologies.entries()) {
    for (let round = 0; round < ROUNDS; round++) {
      const label = `${name} round ${round}`;
      const bytes = mutate(new TextEncoder().encode(text), generator(index * 1_000_003 + round), pieces);
      counts[
        outcome(label, () => {
          const { terms } = readOntology(bytes, { name });
          for (const term of terms) expect(term.label, label).not.toMatch(/\p{Cc}/u);
          // What is read can be installed beside the shipped terms, and asked.
          const merged = buildVocabulary(mergeTerms(shippedTerms(), terms));
          for (const term of terms) {
            merged.ancestors(term.curie);
            merged.descendants(term.curie);
          }
          merged.search(terms[0]?.label ?? "");
        })
      ]++;
    }
  }
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(20);
});

test(`${ROUNDS * sheets.length} mutations of sheets`, () => {
  const counts = { read: 0, refused: 0 };
  for (const [index, [name, text]] of sheets.entries()) {
    for (let round = 0; round < ROUNDS; round++) {
      const label = `${name} round ${round}`;
      const bytes = mutate(
        new TextEncoder().encode(text),
        generator(7_000_003 + index * 1_000_003 + round),
        pieces,
      );
      counts[
        outcome(label, () => {
          const sheet = parseSheet(new TextDecoder().decode(bytes), { name });
          const { rows, problems } = validateSheet(sheet, vocabulary);
          expect(rows.length, label).toBe(sheet.rows.length);
          for (const problem of problems)
            expect(problem.text.startsWith(`row ${problem.row}, column `), label).toBe(true);
        })
      ]++;
    }
  }
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(20);
});

describe("files made to be large when they are opened", () => {
  const letters = "abcdefghijklmnop";
  const bomb = [...letters].map(
    (letter, i) => `${letter}: &${letter} [${i === 0 ? "x" : `*${letters[i - 1]},*${letters[i - 1]}`}]`,
  );
  test.each([
    ["aliases in aliases", "b.yaml", `${bomb.join("\n")}\nimages: *p\n`],
    ["an alias of itself", "b.yaml", "images: &a [*a]\n"],
    ["a map in itself", "b.yaml", "defaults: &a { b: *a }\n"],
    ["brackets", "b.yaml", `images: ${"[".repeat(900_000)}`],
    ["braces", "b.yaml", `images: ${"{".repeat(900_000)}`],
    ["one long line", "b.yaml", `images: ${"x".repeat(900_000)}`],
    ["questions", "b.yaml", "? ".repeat(400_000)],
    ["quotes", "b.csv", `name\n${'"'.repeat(900_000)}`],
    ["columns", "b.csv", `name${",x".repeat(400_000)}\n`],
  ])("sheet: %s", (label, name, text) => {
    expect(outcome(label, () => void parseSheet(text, { name }))).toBe("refused");
  });

  test.each([
    ["one long line", `name: ${"x".repeat(3_000_000)}`],
    ["continued lines", `[Term]\nid: A:1\nname: ${"x\\\n".repeat(700_000)}`],
    ["brackets", "[".repeat(2_000_000)],
    ["deep JSON", `{"graphs":${"[".repeat(500_000)}`],
    ["deep JSON closed", `{"graphs":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["nothing", ""],
  ])("ontology: %s", (label, text) => {
    expect(outcome(label, () => void readOntology(new TextEncoder().encode(text), { name: "b" }))).toBe(
      "refused",
    );
  });

  test("a term with 100,000 names keeps the first thousand", () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `synonym: "n${i}" EXACT []`).join("\n");
    const file = readOntology(new TextEncoder().encode(`[Term]\nid: A:1\nname: a\n${names}\n`), {
      name: "n.obo",
    });
    expect(file.terms[0]?.synonyms.length).toBe(1_000);
    expect(file.notes[0]).toContain("99000 names");
  });

  test("a ring of 50,000 parents ends", () => {
    const ring = Array.from(
      { length: 50_000 },
      (_, i) => `[Term]\nid: A:${i}\nname: a${i}\nis_a: A:${(i + 1) % 50_000}\n`,
    ).join("\n");
    const file = readOntology(new TextEncoder().encode(ring), { name: "r.obo" });
    expect(file.notes.some((note) => note.startsWith("1 cycles of parents"))).toBe(true);
    expect(buildVocabulary(file.terms).ancestors("A:7").length).toBe(49_999);
  });
});

describe("laws", () => {
  /** Words a person may write: any text of one line, trimmed as a sheet trims. */
  const word = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .map((text) =>
      text
        .replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, "")
        .trim()
        .toWellFormed(),
    )
    .filter((text) => text !== "");
  const fields = metadataFields.filter((field) => field.kind.type !== "number").map((field) => field.name);

  test("raw words come out of a check exactly as they went in", () => {
    const record = fc.dictionary(fc.constantFrom(...fields, "ward", "my_column"), word);
    fc.assert(
      fc.property(record, (words) => {
        const { value } = validateMetadata(words, vocabulary);
        expect(value.raw).toEqual({ ...words });
        for (const [facet, meaning] of Object.entries(value.terms)) expect(meaning.raw).toBe(words[facet]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test.each(["csv", "yaml"] as const)(
    "raw words come out of a %s sheet exactly as they went in",
    (format) => {
      const quote = (text: string): string =>
        format === "csv" ? `"${text.replaceAll('"', '""')}"` : JSON.stringify(text);
      const rows = fc.array(fc.record({ organ: word, disease: word, ward: word }), {
        minLength: 1,
        maxLength: 5,
      });
      fc.assert(
        fc.property(rows, (list) => {
          const text =
            format === "csv"
              ? `name,organ,disease,ward\n${list.map((row, i) => [`i${i}`, row.organ, row.disease, row.ward].map(quote).join(",")).join("\n")}\n`
              : `images:\n${list.map((row, i) => `  - { name: i${i}, organ: ${quote(row.organ)}, disease: ${quote(row.disease)}, ward: ${quote(row.ward)} }`).join("\n")}\n`;
          const sheet = parseSheet(text, { name: `s.${format}` });
          expect(sheet.rows.map((row) => ({ ...row.values }))).toEqual(list.map((row) => ({ ...row })));
          expect(validateSheet(sheet, vocabulary).rows.map((row) => row.raw)).toEqual(
            list.map((row) => ({ ...row })),
          );
        }),
        { numRuns: 150, seed: 2 },
      );
    },
  );

  test("whatever is typed, search and resolving answer; what is resolved is of the facet", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 60 }),
        fc.constantFrom(...facetNames),
        (text, facet) => {
          for (const hit of vocabulary.search(text, { facet, limit: 5 })) {
            expect(vocabulary.belongs(facet, hit.term.curie)).toBe(true);
          }
          const answer = vocabulary.resolve(facet, text);
          const terms =
            answer.state === "known"
              ? [answer.term]
              : answer.state === "ambiguous"
                ? answer.candidates
                : answer.nearest;
          for (const term of terms) expect(vocabulary.belongs(facet, term.curie)).toBe(true);
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });

  test("resolving is idempotent: the label of what a word means means the same", () => {
    for (const facet of facetNames) {
      for (const term of vocabulary.members(facet)) {
        for (const name of term.synonyms) {
          const first = vocabulary.resolve(facet, name);
          if (first.state !== "known") continue;
          expect(vocabulary.resolve(facet, first.term.curie)).toMatchObject({
            state: "known",
            term: { curie: first.term.curie },
          });
        }
      }
    }
  });
});
