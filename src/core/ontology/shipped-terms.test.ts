/** The shipped data: count, form, sources, and a hierarchy in which every term is held by a facet. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ambiguousNames,
  buildVocabulary,
  checkedTermCount,
  curiePrefix,
  facetNames,
  facetOf,
  findCycles,
  isCurie,
  nameKey,
  shippedTerms,
  termSources,
} from "./index.ts";

const terms = shippedTerms();
const vocabulary = buildVocabulary(terms);
const byCurie = new Map(terms.map((term) => [term.curie, term]));
const byLabel = (label: string): string => terms.find((term) => term.label === label)?.curie ?? `no ${label}`;
const labels = (curies: readonly string[]): string[] =>
  curies.map((curie) => byCurie.get(curie)?.label ?? curie);

test("693 checked terms and no CURIE twice", () => {
  expect(checkedTermCount).toBe(693);
  expect(byCurie.size).toBe(terms.length);
  expect(terms.filter((term) => term.release !== "added by hand").length).toBe(693);
});

test("CURIEs have their vocabulary's form", () => {
  const forms: Readonly<Record<string, RegExp>> = {
    UBERON: /^UBERON:\d{7}$/,
    CL: /^CL:\d{7}$/,
    CVCL: /^CVCL_[A-Z0-9]{4}$/,
    CLO: /^CLO:\d{7}$/,
    NCBITaxon: /^NCBITaxon:\d+$/,
    FBbi: /^FBbi:\d{8}$/,
    OBI: /^OBI:\d{7}$/,
    CHMO: /^CHMO:\d{7}$/,
    EFO: /^EFO:\d{7}$/,
    GO: /^GO:\d{7}$/,
    MONDO: /^MONDO:\d{7}$/,
    PATO: /^PATO:\d{7}$/,
    // The form that UniProt publishes for accessions.
    UniProtKB: /^UniProtKB:([OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2})$/,
    PR: /^PR:\d{9}$/,
    local: /^local:[a-z]+$/,
  };
  for (const { curie } of terms) {
    expect(isCurie(curie), curie).toBe(true);
    expect(curie).toMatch(forms[curiePrefix(curie)] ?? /no form/);
  }
});

test("each checked term names a source with release and licence", () => {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term.source, (counts.get(term.source) ?? 0) + 1);
  for (const source of termSources) {
    expect(counts.get(source.title) ?? 0, source.title).toBeGreaterThan(0);
    expect(source.release).not.toBe("");
    expect(source.licence).toMatch(/^(CC-BY-[34]\.0|CC0-1\.0|Apache-2\.0)$/);
  }
  expect(terms.filter((term) => term.release === "")).toEqual([]);
});

test("the attribution page names every vocabulary with release and licence, and counts what is ours", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/ontology-attribution.md"), "utf8");
  for (const { title, url, prefix, release, licence, licenceVerified, about } of termSources) {
    const mark = licenceVerified ? "" : " ¹";
    expect(page).toContain(`| [${title}](${url}) | ${prefix} | ${release} | ${licence}${mark} | ${about} |`);
  }
  expect(page).toContain(`**${terms.length - checkedTermCount} further terms**`);
});

describe("hierarchy", () => {
  test("no cycles, no parent outside, no term its own parent", () => {
    expect(findCycles(byCurie)).toEqual([]);
    for (const term of terms) {
      for (const parent of term.parents) expect(byCurie.has(parent.curie), `${term.curie}`).toBe(true);
    }
  });

  test("every term belongs to a facet, and reaches a root of it", () => {
    for (const term of terms) {
      const own = facetNames.filter((facet) => vocabulary.belongs(facet, term.curie));
      expect(own.length, `${term.curie} ${term.label}`).toBeGreaterThan(0);
      for (const facet of own) {
        const { roots, also } = facetOf(facet);
        const reach = [term.curie, ...vocabulary.ancestors(term.curie)];
        expect(reach.some((curie) => roots.includes(curie)) || also.includes(term.curie)).toBe(true);
      }
    }
  });

  test("each vocabulary serves the facets meant for it", () => {
    const count = (facet: (typeof facetNames)[number]): number => vocabulary.members(facet).length;
    // 99 rows of A.1 are places, one is the life cycle; one root was added.
    expect(count("organ")).toBe(terms.filter((term) => term.curie.startsWith("UBERON:")).length - 1);
    expect(count("cellType")).toBe(103);
    // 95 lines and 12 second names of the table, 3 namesakes.
    expect(count("cellLine")).toBe(terms.filter((term) => /^(CVCL_|CLO:)/.test(term.curie)).length);
    expect(count("target")).toBe(terms.filter((term) => term.curie.startsWith("UniProtKB:")).length + 1);
  });

  test.each([
    ["jejunum", ["small intestine", "digestive tract", "digestive system", "anatomical entity"]],
    ["germinal center", ["lymphoid follicle", "lymphoid tissue", "anatomical entity", "immune system"]],
    [
      "hepatocyte",
      [
        "epithelial cell",
        "liver",
        "eukaryotic cell",
        "epithelium",
        "digestive system",
        "cell",
        "anatomical entity",
      ],
    ],
    ["HeLa Kyoto EGFP-H2B", ["HeLa Kyoto", "HeLa", "cultured cell", "cell"]],
    ["Escherichia coli K-12", ["Escherichia coli", "Bacteria", "cellular organisms"]],
    [
      "PhenoCycler-Fusion",
      [
        "PhenoCycler",
        "co-detection by indexing assay",
        "multiplexed fluorescent antibody imaging assay",
        "fluorescence microscopy assay",
        "microscopy assay",
        "assay",
      ],
    ],
    ["glioblastoma", ["glioma", "neoplasm", "disease"]],
    [
      "nuclear pore",
      [
        "nuclear envelope",
        "nucleus",
        "cellular anatomical structure",
        "intracellular anatomical structure",
        "cellular_component",
      ],
    ],
  ])("above %s", (label, above) => {
    expect(labels(vocabulary.ancestors(byLabel(label)))).toEqual(above);
  });

  test("epithelium finds what descends from it, and nothing else", () => {
    const below = labels(vocabulary.descendants(byLabel("epithelium")));
    expect(below).toContain("skin epidermis");
    expect(below).toContain("enterocyte");
    expect(below).toContain("podocyte");
    expect(below).not.toContain("fibroblast");
    expect(below).not.toContain("endothelial cell");
    expect(labels(vocabulary.descendants(byLabel("epithelial cell")))).toContain("kidney epithelial cell");
  });

  test("immune cells by hand", () => {
    const leukocytes = labels(vocabulary.descendants(byLabel("leukocyte"))).toSorted();
    expect(leukocytes).toContain("Kupffer cell");
    expect(leukocytes).toContain("double negative thymocyte");
    expect(leukocytes).not.toContain("erythrocyte");
    expect(leukocytes).not.toContain("follicular dendritic cell");
  });
});

describe("cell lines", () => {
  const lines = terms.filter((term) => term.curie.startsWith("CVCL_"));

  test("origins are terms of their facets, and nearly every line has a species", () => {
    for (const { label, origin } of lines) {
      for (const facet of ["species", "organ", "disease", "sex"] as const) {
        const curie = origin?.[facet];
        if (curie !== undefined) expect(vocabulary.belongs(facet, curie), `${label} ${facet}`).toBe(true);
      }
    }
    // Two namesakes of which we know nothing but the name.
    expect(lines.filter((line) => line.origin?.species === undefined).map((line) => line.label)).toEqual([
      "H1",
      "S2",
    ]);
  });

  test("a line made from another has its species", () => {
    for (const line of lines) {
      for (const { curie } of line.parents) {
        const parent = byCurie.get(curie);
        if (parent?.origin !== undefined) expect(line.origin?.species).toBe(parent.origin.species);
      }
    }
  });

  test.each([
    ["HeLa", "Homo sapiens", "uterine cervix"],
    ["CHO-K1", "Cricetulus griseus", "ovary"],
    ["MDCK", "Canis lupus familiaris", "kidney"],
    ["C6", "Rattus norvegicus", "brain"],
    ["C2C12", "Mus musculus", "skeletal muscle tissue"],
    ["Schneider 2", "Drosophila melanogaster", "embryo"],
  ])("%s is of %s, %s", (line, species, organ) => {
    const origin = byCurie.get(byLabel(line))?.origin;
    expect([origin?.species, origin?.organ]).toEqual([byLabel(species), byLabel(organ)]);
  });
});

test("ambiguous names have candidates of their facet", () => {
  for (const rule of ambiguousNames) {
    for (const curie of rule.candidates) expect(vocabulary.belongs(rule.facet, curie), curie).toBe(true);
    expect(rule.reason).toMatch(/[.?]$/);
  }
});

test("within a facet no two terms share a name, unless a rule says so", () => {
  const declared = new Set(
    ambiguousNames.flatMap((rule) => rule.names.map((name) => `${rule.facet} ${nameKey(name)}`)),
  );
  const faults: string[] = [];
  for (const facet of facetNames) {
    const owners = new Map<string, string>();
    for (const term of vocabulary.members(facet)) {
      for (const name of new Set([term.label, ...term.synonyms].map(nameKey))) {
        const owner = owners.get(name);
        if (owner !== undefined && !declared.has(`${facet} ${name}`))
          faults.push(`${facet}: ${name}: ${owner}, ${term.label}`);
        owners.set(name, term.label);
      }
    }
  }
  expect(faults).toEqual([]);
});

const table = join(import.meta.dirname, "../../../../shared/research/data-management.md");

test.skipIf(!existsSync(table))("labels and CURIEs are those of the table, row by row", () => {
  const text = readFileSync(table, "utf8");
  const rows = text
    .slice(text.indexOf("## Appendix A."))
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"))
    .map((line) => line.split(" | "));
  expect(rows.length).toBe(693);
  for (const [name = "", curie = ""] of rows) {
    expect(byCurie.get(curie.replaceAll("`", ""))?.label).toBe(name.slice(2));
  }
});
