/** Search, resolving and the keys of names, against answers written by hand. */

import { describe, expect, test } from "vitest";
import {
  buildVocabulary,
  editDistance,
  type FacetName,
  nameKey,
  parseCurie,
  shippedTerms,
  type Term,
} from "./index.ts";

const vocabulary = buildVocabulary(shippedTerms());

describe("keys of names", () => {
  test.each([
    ["SK-BR-3", "skbr3"],
    ["SKBR3", "sk br 3"],
    ["β-catenin", "Beta catenin"],
    ["Lungs", "lung"],
    ["T cells", "T-cell"],
    ["oesophagus", "Esophagus"],
    ["Tumour", "tumor"],
    ["acute myeloid leukaemia", "Acute Myeloid Leukemia"],
    ["Müller glia", "muller GLIA"],
    ["biopsies", "biopsy"],
  ])("%s = %s", (a, b) => expect(nameKey(a)).toBe(nameKey(b)));

  test.each([
    ["CD4", "CD4+"],
    ["PC-3", "PC-12"],
    ["H9", "H1"],
    ["K-562", "K-56"],
    ["virus", "viru"],
    ["γH2AX", "aH2AX"],
  ])("%s is not %s", (a, b) => expect(nameKey(a)).not.toBe(nameKey(b)));
});

describe("edit distance", () => {
  /** The textbook table, without bound or band. */
  function slow(a: string, b: string): number {
    const d = Array.from({ length: a.length + 1 }, (_, i) =>
      Array.from({ length: b.length + 1 }, (_, j) => i + j),
    );
    for (let i = 1; i <= a.length; i++) {
      for (let j = 1; j <= b.length; j++) {
        const same = a[i - 1] === b[j - 1] ? 0 : 1;
        let best = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, d[i - 1]![j - 1]! + same);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          best = Math.min(best, d[i - 2]![j - 2]! + 1);
        d[i]![j] = best;
      }
    }
    return d[a.length]![b.length]!;
  }

  test("equals the textbook table up to the bound, for all words of a small alphabet", () => {
    const words = [""];
    for (let i = 0; words.length < 400; i++) for (const letter of "abc") words.push(`${words[i]}${letter}`);
    for (const a of words.slice(0, 130)) {
      for (const b of words) {
        const exact = slow(a, b);
        for (const bound of [0, 1, 2, 3]) expect(editDistance(a, b, bound)).toBe(Math.min(exact, bound + 1));
      }
    }
  });
});

describe("CURIEs", () => {
  test.each([
    ["UBERON:0002106", "UBERON:0002106"],
    ["uberon_0002106", "UBERON:0002106"],
    ["http://purl.obolibrary.org/obo/UBERON_0002106", "UBERON:0002106"],
    ["http://www.ebi.ac.uk/efo/EFO_0000001", "EFO:0000001"],
    ["CVCL_0030", "CVCL_0030"],
    ["cvcl:0030", "CVCL_0030"],
    ["RRID:CVCL_0030", "CVCL_0030"],
    ["ncbitaxon:9606", "NCBITaxon:9606"],
    ["local:vectra", "local:vectra"],
  ])("%s is %s", (text, curie) => expect(parseCurie(text)).toBe(curie));

  test.each(["spleen", "", "time_lapse", "CD4:", ":0001", "a b:c", "CVCL_003", `UBERON:${"0".repeat(200)}`])(
    "%j is none",
    (text) => expect(parseCurie(text)).toBeNull(),
  );
});

describe("search as you type", () => {
  const found = (text: string, facet?: FacetName): string[] =>
    vocabulary
      .search(text, { limit: 5, ...(facet === undefined ? {} : { facet }) })
      .map((hit) => hit.term.label);

  test.each<[string, FacetName | undefined, string]>([
    ["spl", "organ", "spleen"],
    ["epithelial", "cellType", "epithelial cell"],
    ["t cell", undefined, "T cell"],
    ["treg", "cellType", "regulatory T cell"],
    ["hela", "cellLine", "HeLa"],
    ["skbr", "cellLine", "SK-BR-3"],
    ["sk br 3", "cellLine", "SK-BR-3"],
    ["node lymph", "organ", "lymph node"],
    ["CVCL_0030", undefined, "HeLa"],
    ["UBERON:000210", "organ", "spleen"],
    ["cd45", "target", "PTPRC_HUMAN"],
    ["ejunu", "organ", "jejunum"],
    ["splen", "organ", "spleen"],
    ["lymhp node", "organ", "lymph node"],
    ["hepatocite", "cellType", "hepatocyte"],
    ["dapi", "fluor", "4',6-diamidino-2-phenylindole (DAPI)"],
    ["maus", "species", "Mus musculus"],
  ])("%j in %s finds %s first", (text, facet, label) => {
    const hits = found(text, facet);
    expect(hits[0]).toBe(label);
  });

  test("the order: exact, beginning, whole words, beginnings of words; labels before synonyms", () => {
    const hits = vocabulary.search("T cell", { facet: "cellType", limit: 50 });
    expect(hits[0]).toMatchObject({ term: { label: "T cell" }, fit: "exact", kind: "label" });
    const rank = ["exact", "beginning", "words", "wordBeginnings", "part", "slip"];
    const ranks = hits.map((hit) => rank.indexOf(hit.fit));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    const at = (label: string): number => hits.findIndex((hit) => hit.term.label === label);
    expect(at("regulatory T cell")).toBeLessThan(at("trophoblast cell"));
  });

  test("a facet shows only its terms; the limit holds; nothing for nothing", () => {
    expect(found("nucleus", "organ")).toEqual([]);
    expect(vocabulary.search("cell", { limit: 3 }).length).toBe(3);
    expect(vocabulary.search("   ")).toEqual([]);
    expect(vocabulary.search("(((")).toEqual([]);
    expect(vocabulary.search("x".repeat(100_000))).toEqual([]);
  });
});

describe("resolving written words", () => {
  test.each<[FacetName, string, string]>([
    ["organ", "Lungs", "lung"],
    ["organ", "Adrenal_gland", "adrenal gland"],
    ["organ", "Bile-duct", "bile duct"],
    ["organ", "immune", "immune system"],
    ["organ", "UBERON:0002106", "spleen"],
    ["species", "Human", "Homo sapiens"],
    ["species", "mouse", "Mus musculus"],
    ["cellLine", "NIH-3T3", "NIH 3T3"],
    ["cellLine", "RAW264.7", "RAW 264.7"],
    ["cellLine", "SkBr3", "SK-BR-3"],
    ["cellLine", "PC3", "PC-3"],
    ["cellLine", "WA09", "WA09"],
    ["cellLine", "CVCL_1240", "H9"],
    ["platform", "CODEX", "co-detection by indexing assay"],
    ["platform", "vectra", "Vectra"],
    ["platform", "mibi", "multiplexed ion beam imaging assay"],
    ["modality", "phase", "phase contrast microscopy"],
    ["modality", "fluorescence", "fluorescence microscopy"],
    ["platform", "fluorescence", "fluorescence microscopy assay"],
    ["compartment", "whole cell", "cell"],
    ["compartment", "nuclear", "nucleus"],
    ["compartment", "ER", "endoplasmic reticulum"],
    ["target", "ER", "ESR1_HUMAN"],
    ["target", "HLADR", "DRA_HUMAN"],
    ["disease", "healthy", "normal"],
  ])("%s %j is %s", (facet, raw, label) => {
    expect(vocabulary.resolve(facet, raw)).toMatchObject({ state: "known", term: { label } });
  });

  test.each<[FacetName, string, readonly string[]]>([
    ["cellLine", "H9", ["CVCL_9773", "CVCL_1240"]],
    ["cellLine", "h1", ["CVCL_9771", "CVCL_D4YF"]],
    ["cellLine", "S2", ["CVCL_Z232", "CVCL_4698"]],
    ["cellLine", "BJ", ["CVCL_3653"]],
    ["organ", "HeadNeck", ["UBERON:0000033", "UBERON:0000974"]],
    ["target", "Pan-Cytokeratin", ["UniProtKB:P05787", "UniProtKB:P05783", "UniProtKB:P08727"]],
  ])("%s %j opens a chooser", (facet, raw, curies) => {
    const answer = vocabulary.resolve(facet, raw);
    expect(answer.state).toBe("ambiguous");
    if (answer.state === "ambiguous") expect(answer.candidates.map((term) => term.curie)).toEqual(curies);
  });

  test.each<[FacetName, string, string]>([
    ["organ", "splen", "spleen"],
    ["organ", "human jejunum biopsy", "jejunum"],
    ["cellLine", "HeLla", "HeLa"],
    ["species", "Mus muscullus", "Mus musculus"],
    ["cellType", "macrofage", "macrophage"],
    ["organ", "spleeen", "spleen"],
  ])("%s %j is unknown, nearest %s", (facet, raw, label) => {
    const answer = vocabulary.resolve(facet, raw);
    expect(answer.state).toBe("unknown");
    if (answer.state === "unknown") expect(answer.nearest[0]?.label).toBe(label);
  });

  test("a word that is like nothing has no neighbour", () => {
    expect(vocabulary.resolve("organ", "qqqqzzzz")).toEqual({ state: "unknown", nearest: [] });
    expect(vocabulary.resolve("organ", "")).toEqual({ state: "unknown", nearest: [] });
  });

  test("every label and every synonym of a facet resolves to its term or to a choice that holds it", () => {
    for (const facet of [
      "organ",
      "cellType",
      "cellLine",
      "species",
      "disease",
      "platform",
      "target",
      "fluor",
    ] as const) {
      for (const term of vocabulary.members(facet)) {
        for (const name of [term.label, ...term.synonyms]) {
          const answer = vocabulary.resolve(facet, name);
          const meant =
            answer.state === "known" ? [answer.term] : answer.state === "ambiguous" ? answer.candidates : [];
          expect(
            meant.map(({ curie }) => curie),
            `${facet} ${name}`,
          ).toContain(term.curie);
        }
      }
    }
  });
});

describe("a vocabulary of one's own", () => {
  const term = (curie: string, label: string, more: Partial<Term> = {}): Term => ({
    curie,
    label,
    source: "UBERON",
    release: "r",
    synonyms: [],
    parents: [{ curie: "UBERON:0001062", relation: "isA" }],
    ...more,
  });
  const root = term("UBERON:0001062", "anatomical entity", { parents: [] });

  test("deprecated terms are shown by CURIE and accepted nowhere", () => {
    const own = buildVocabulary([
      root,
      term("UBERON:0000001", "old spleen", { deprecated: true, replacedBy: "UBERON:0002106" }),
    ]);
    expect(own.term("UBERON:0000001")?.replacedBy).toBe("UBERON:0002106");
    expect(own.belongs("organ", "UBERON:0000001")).toBe(false);
    expect(own.search("old spleen")).toEqual([]);
    expect(own.resolve("organ", "old spleen").state).toBe("unknown");
  });

  test("two terms with one label are a choice; a related name never resolves", () => {
    const own = buildVocabulary([
      root,
      term("UBERON:0000001", "a"),
      term("UBERON:0000002", "A"),
      term("UBERON:0000003", "b", { related: ["bee"] }),
    ]);
    expect(own.resolve("organ", "a").state).toBe("ambiguous");
    expect(own.resolve("organ", "bee").state).toBe("unknown");
    expect(own.search("bee")[0]?.term.label).toBe("b");
  });

  test("cycles end a walk instead of hanging it", () => {
    const own = buildVocabulary([
      root,
      term("UBERON:0000001", "a", { parents: [{ curie: "UBERON:0000002", relation: "isA" }] }),
      term("UBERON:0000002", "b", { parents: [{ curie: "UBERON:0000001", relation: "partOf" }] }),
    ]);
    expect(own.ancestors("UBERON:0000001")).toEqual(["UBERON:0000002"]);
    expect(own.descendants("UBERON:0000001")).toEqual(["UBERON:0000002"]);
  });
});
