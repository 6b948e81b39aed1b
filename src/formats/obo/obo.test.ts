/** Ontology files against terms written by hand; the same small ontology in both formats gives the same terms. */
import { describe, expect, test } from "vitest";
import { buildVocabulary, mergeTerms, shippedTerms } from "#core/ontology/index.ts";
import { refusal } from "../fixtures/fixtures.ts";
import { type OntologyOptions, readOntology } from "./index.ts";

const read = (text: string, options: Partial<OntologyOptions> = {}) =>
  readOntology(new TextEncoder().encode(text), { name: "o.obo", ...options });

const obo = `format-version: 1.4
data-version: releases/2027-01-02
ontology: uberon
! a remark

[Term]
id: UBERON:0001062
name: anatomical entity

[Term]
id: UBERON:0002106
name: spleen {source="x"} ! not part of the name
synonym: "lien" EXACT LATIN [http://x]
synonym: "milt \\"old\\", \\\\ tab" RELATED []
is_a: UBERON:0001062 {x="y"} ! anatomical entity
relationship: part_of UBERON:0002405 ! immune system
relationship: develops_from UBERON:0000001
alt_id: UBERON:0009999
xref: FMA:7196
def: "An organ: with a colon." [a:b]

[Term]
id: UBERON:0000017
name: old gland
is_obsolete: true
replaced_by: UBERON:0002106

[Term]
id: CL:0000000
name: cell

[Typedef]
id: part_of
name: part of
is_a: overlaps
`;

const graph = {
  graphs: [
    {
      id: "http://purl.obolibrary.org/obo/uberon.json",
      meta: { version: "http://purl.obolibrary.org/obo/uberon/releases/2027-01-02/uberon.json" },
      nodes: [
        { id: "http://purl.obolibrary.org/obo/UBERON_0001062", lbl: "anatomical entity", type: "CLASS" },
        {
          id: "http://purl.obolibrary.org/obo/UBERON_0002106",
          lbl: "spleen",
          type: "CLASS",
          meta: {
            synonyms: [
              { pred: "hasExactSynonym", val: "lien" },
              { pred: "hasRelatedSynonym", val: 'milt "old", \\ tab' },
            ],
            basicPropertyValues: [
              {
                pred: "http://www.geneontology.org/formats/oboInOwl#hasAlternativeId",
                val: "UBERON:0009999",
              },
            ],
          },
        },
        {
          id: "http://purl.obolibrary.org/obo/UBERON_0000017",
          lbl: "old gland",
          type: "CLASS",
          meta: {
            deprecated: true,
            basicPropertyValues: [
              {
                pred: "http://purl.obolibrary.org/obo/IAO_0100001",
                val: "http://purl.obolibrary.org/obo/UBERON_0002106",
              },
            ],
          },
        },
        { id: "http://purl.obolibrary.org/obo/CL_0000000", lbl: "cell", type: "CLASS" },
        { id: "http://purl.obolibrary.org/obo/BFO_0000050", lbl: "part of", type: "PROPERTY" },
      ],
      edges: [
        {
          sub: "http://purl.obolibrary.org/obo/UBERON_0002106",
          pred: "is_a",
          obj: "http://purl.obolibrary.org/obo/UBERON_0001062",
        },
        {
          sub: "http://purl.obolibrary.org/obo/UBERON_0002106",
          pred: "http://purl.obolibrary.org/obo/BFO_0000050",
          obj: "http://purl.obolibrary.org/obo/UBERON_0002405",
        },
        { sub: "a", pred: "is_a", obj: "b" },
      ],
    },
  ],
};

const expected = [
  {
    curie: "UBERON:0001062",
    label: "anatomical entity",
    source: "UBERON",
    release: "2027-01-02",
    synonyms: [],
    parents: [],
    installed: true,
  },
  {
    curie: "UBERON:0002106",
    label: "spleen",
    source: "UBERON",
    release: "2027-01-02",
    synonyms: ["lien"],
    related: ['milt "old", \\ tab'],
    parents: [
      { curie: "UBERON:0001062", relation: "isA" },
      { curie: "UBERON:0002405", relation: "partOf" },
    ],
    installed: true,
  },
  {
    curie: "UBERON:0000017",
    label: "old gland",
    source: "UBERON",
    release: "2027-01-02",
    synonyms: [],
    parents: [],
    deprecated: true,
    replacedBy: "UBERON:0002106",
    installed: true,
  },
  {
    curie: "UBERON:0009999",
    label: "spleen",
    source: "UBERON",
    release: "2027-01-02",
    synonyms: [],
    parents: [],
    deprecated: true,
    replacedBy: "UBERON:0002106",
    installed: true,
  },
];

test.each([
  ["OBO text", obo.replace("releases/2027-01-02", "2027-01-02")],
  [
    "OBO text with Windows line ends and a byte order mark",
    `\ufeff${obo.replace("releases/2027-01-02", "2027-01-02").replaceAll("\n", "\r\n")}`,
  ],
  ["OBO-graph JSON", JSON.stringify(graph)],
  ["OBO-graph JSON, indented", JSON.stringify(graph, null, 2)],
])("%s", (_, text) => {
  const file = read(text, { prefixes: ["UBERON"] });
  expect(file.terms).toEqual(expected);
  expect(file.release).toBe("2027-01-02");
  expect(file.notes).toEqual(["1 entries of other vocabularies, or without a CURIE, were left out."]);
});

test("without prefixes every term is read; a named release overrules the file's", () => {
  const file = read(obo, { release: "mine" });
  expect(file.terms.map((term) => term.curie)).toContain("CL:0000000");
  expect(new Set(file.terms.map((term) => term.release))).toEqual(new Set(["mine"]));
});

test("the release of OBO text is its data-version", () => {
  expect(read(obo).release).toBe("2027-01-02");
});

test("Cellosaurus: species, lines made from others, lines without a parent, problems", () => {
  const file = read(`data-version: 55.0

[Term]
id: CVCL_0030
name: HeLa
synonym: "HELA" RELATED []
xref: NCBI_TaxID:9606 ! Homo sapiens (Human)

[Term]
id: CVCL_0058
name: HeLa S3
relationship: derived_from CVCL_0030 ! HeLa

[Term]
id: CVCL_2219
name: U-373MG ATCC
xref: NCBI_TaxID:9606 ! Homo sapiens
comment: "Group: x. Problematic cell line: Misidentified. Shown to be U-251MG."
`);
  expect(
    file.terms.map(({ curie, parents, origin, source }) => ({ curie, parents, origin, source })),
  ).toEqual([
    {
      curie: "CVCL_0030",
      parents: [{ curie: "CL:0000010", relation: "isA" }],
      origin: { species: "NCBITaxon:9606" },
      source: "Cellosaurus",
    },
    {
      curie: "CVCL_0058",
      parents: [{ curie: "CVCL_0030", relation: "isA" }],
      origin: undefined,
      source: "Cellosaurus",
    },
    {
      curie: "CVCL_2219",
      parents: [{ curie: "CL:0000010", relation: "isA" }],
      origin: { species: "NCBITaxon:9606", problem: "Misidentified" },
      source: "Cellosaurus",
    },
  ]);
});

test("a continued line is one line, and later lines keep their numbers", async () => {
  const text = '[Term]\nid: UBERON:0000001\nname: two \\\n  words\nsynonym: "a\nb" EXACT []\n';
  const error = await refusal(() => read(text));
  expect(error.message).toBe("o.obo, line 5: a synonym is not in quotation marks.");
  expect(read(text.split("synonym")[0] ?? "").terms[0]?.label).toBe("two words");
});

test("an installed release and the shipped terms make one vocabulary", () => {
  const merged = buildVocabulary(mergeTerms(shippedTerms(), read(obo, { prefixes: ["UBERON"] }).terms));
  expect(merged.resolve("organ", "lien")).toMatchObject({
    state: "known",
    term: { curie: "UBERON:0002106" },
  });
  expect(merged.ancestors("UBERON:0002106")).toContain("UBERON:0002405");
  expect(merged.belongs("organ", "UBERON:0009999")).toBe(false);
  // A related name is shown and never taken silently.
  expect(merged.resolve("organ", 'milt "old", \\ tab').state).toBe("unknown");
});

describe("refusals name the place", () => {
  test.each([
    ["", "o.obo: it has no terms."],
    ["format-version: 1.4\n", "o.obo: it has no terms."],
    ["hello world\n", 'o.obo, line 1: "hello world" is not a tag with a value.'],
    ["[Term]\nname: x\n\n[Term]\nid: A:1\n", "o.obo, line 4: the term before this line has no id."],
    ["[Term]\nname: x\n", "o.obo, line 2: the term before this line has no id."],
    ["[Term]\nid: A:1\nname: x\nsynonym: y EXACT\n", "o.obo, line 4: a synonym is not in quotation marks."],
    ['{"graphs": [', "o.obo, end: it is not JSON."],
    ['{"graphs":\n [1 2]}', "o.obo, line 2: it is not JSON."],
    ["{}", 'o.obo, start: it has no list "graphs".'],
    ['{"graphs": [{}]}', 'o.obo, graph 1: it has no list "nodes".'],
    ['{"graphs": [{"nodes": [{"lbl": "x"}]}]}', "o.obo, graph 1, node 1: it has no id."],
    ['{"graphs": [{"nodes": [], "edges": 3}]}', 'o.obo, graph 1: "edges" is not a list.'],
    ["<?xml version='1.0'?><rdf:RDF/>", "o.obo: it is an ontology in OWL or Turtle."],
  ])("%j", async (text, message) => {
    const error = await refusal(() => read(text));
    expect([error.code, error.message]).toEqual(["format.obo", message]);
  });

  test("limits", async () => {
    expect((await refusal(() => read(obo, { limits: { textMax: 100 } }))).code).toBe("limit.bytes");
    expect((await refusal(() => read(obo, { limits: { termsMax: 1 } }))).code).toBe("limit.objects");
    expect(
      (await refusal(() => readOntology(Uint8Array.of(0x1f, 0x8b, 0xff), { name: "o.obo.gz" }))).code,
    ).toBe("format.obo");
  });
});
