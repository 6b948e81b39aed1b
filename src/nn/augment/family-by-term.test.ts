/** Families by the terms that ship: what stands above a term decides, and words only where no term tells. */
import { describe, expect, test } from "vitest";
import { buildVocabulary, makeLocalTerm, shippedTerms } from "#core/ontology/index.ts";
import { absorbingStains, familyTerms } from "./family-by-term.ts";
import {
  type AugmentDomain,
  augmentFamilies,
  augmentFamilyOf,
  augmentPlanFor,
  type FrozenTerms,
  imageTermReader,
} from "./index.ts";

const vocabulary = buildVocabulary(shippedTerms());
const readTerms = imageTermReader(vocabulary);

/** A domain in which every word that the vocabulary knows has its term, as in the store. */
function described({ platform, modality, kind, roles }: AugmentDomain, stains: readonly string[] = []) {
  const curie = (facet: "platform" | "modality" | "fluor", word: string | undefined): string[] => {
    const found = word === undefined ? null : vocabulary.resolve(facet, word);
    return found?.state === "known" ? [found.term.curie] : [];
  };
  const frozen: FrozenTerms = {
    platform: curie("platform", platform),
    modality: curie("modality", modality),
    stain: stains.flatMap((word) => curie("fluor", word)),
  };
  return { platform, modality, kind, roles, terms: readTerms(frozen) };
}

test("the table names terms that ship, by their labels", () => {
  for (const { curie, label } of [...familyTerms, ...absorbingStains])
    expect(vocabulary.term(curie)?.label).toBe(label);
  const told = new Set(["unknown", ...familyTerms.map(({ family }) => family)]);
  expect([...told].sort()).toEqual([...augmentFamilies].sort());
});

describe("what stands above a term decides", () => {
  const cases: readonly (readonly [FrozenTerms, string])[] = [
    [{ modality: ["FBbi:00000246"] }, "fluorescence"],
    [{ modality: ["FBbi:00000253"] }, "fluorescence"], // spinning disk < confocal < fluorescence
    [{ modality: ["FBbi:00000254"] }, "fluorescence"], // two-photon < multi-photon
    [{ modality: ["FBbi:00000617"] }, "fluorescence"], // evanescent wave: no word of it says fluorescence
    [{ modality: ["FBbi:00000336"] }, "fluorescence"], // STORM
    [{ platform: ["CHMO:0000089"] }, "fluorescence"],
    [{ platform: ["OBI:0003605"] }, "fluorescence"], // smFISH
    [{ platform: ["OBI:0003604"] }, "multiplexed"], // MERFISH: of smFISH and of spatial transcriptomics
    [{ platform: ["OBI:0003093"] }, "multiplexed"], // CODEX
    [{ platform: ["EFO:0700001"] }, "multiplexed"], // PhenoCycler-Fusion < PhenoCycler < CODEX
    [{ platform: ["local:orion"] }, "multiplexed"], // a name that no word of the list knows
    [{ modality: ["OBI:0003091"] }, "multiplexed"],
    [{ platform: ["CHMO:0000087"], modality: ["OBI:0003091"] }, "multiplexed"],
    [{ platform: ["OBI:0003096"], modality: ["OBI:0003091"] }, "ions"],
    [{ platform: ["OBI:0003100"] }, "ions"],
    [{ platform: ["OBI:0001986"] }, "histology"],
    [{ modality: ["FBbi:00000247"] }, "phase"],
    [{ modality: ["FBbi:00000245"] }, "phase"],
    [{ modality: ["FBbi:00000243"] }, "brightfield"],
    [{ modality: ["FBbi:00000243"], stain: ["local:hematoxylineosin"] }, "histology"],
    [{ modality: ["FBbi:00000243"], stain: ["FBbi:00000056", "FBbi:00000041"] }, "histology"],
    [{ modality: ["FBbi:00000243"], stain: ["FBbi:00000056"] }, "brightfield"], // DAPI does not absorb
    [{ stain: ["FBbi:00000037"] }, "histology"],
    [{ modality: ["FBbi:00000246"], stain: ["FBbi:00000037"] }, "fluorescence"], // eosin glows as well
    // Above these stands nothing that says how the light is made.
    [{ platform: ["EFO:0010961"] }, "unknown"], // Visium
    [{ modality: ["FBbi:00000345"] }, "unknown"], // light microscopy
    [{ modality: ["FBbi:00000244"] }, "unknown"], // dark field
    [{ modality: ["FBbi:00000258"] }, "unknown"], // transmission electron microscopy
    [{ modality: ["FBbi:00000258"], stain: ["FBbi:00000049"] }, "unknown"],
    [{ modality: ["FBbi:99999999"] }, "unknown"],
  ];
  test.each(cases)("%j is %s", (frozen, family) => {
    expect(augmentFamilyOf({ terms: readTerms(frozen) }).family).toBe(family);
  });

  test("every imaging method of the vocabulary below fluorescence is fluorescence, but for the multiplexed ones", () => {
    for (const root of ["FBbi:00000246", "CHMO:0000087"]) {
      const below = vocabulary.descendants(root);
      expect(below.length).toBeGreaterThan(5);
      for (const curie of below) {
        const { family } = augmentFamilyOf({ terms: readTerms({ modality: [curie] }) });
        expect(["fluorescence", "multiplexed"]).toContain(family);
      }
    }
  });
});

describe("terms before words", () => {
  test("a term is believed and the word beside it is not asked", () => {
    // In this laboratory "IF" was said to mean phase contrast (a person's choice).
    const terms = readTerms({ modality: ["FBbi:00000247"] });
    expect(augmentFamilyOf({ modality: "IF", terms }).family).toBe("phase");
    expect(augmentFamilyOf({ platform: "our confocal", terms }).family).toBe("phase");
  });

  test("words tell where there is no term, or none that says it", () => {
    expect(augmentFamilyOf(described({ modality: "my own fluorescent rig" })).family).toBe("fluorescence");
    // The term is "widefield illumination", which the ontology keeps apart from fluorescence.
    const widefield = described({ modality: "widefield" });
    expect(widefield.terms.modality?.label).toBe("widefield illumination");
    expect(augmentFamilyOf(widefield).family).toBe("fluorescence");
    const light = readTerms({ modality: ["FBbi:00000345"] });
    expect(augmentFamilyOf({ kind: "H&E", terms: light }).family).toBe("histology");
    expect(augmentFamilyOf({ roles: ["phase"], terms: light }).family).toBe("phase");
  });

  test("several markers make fluorescence multiplexed, however it was told", () => {
    const roles = ["nuclear", "membrane"];
    expect(augmentFamilyOf(described({ modality: "confocal", roles })).family).toBe("multiplexed");
    expect(augmentFamilyOf(described({ modality: "phase contrast", roles })).family).toBe("phase");
  });

  test("slides of the public collections: bright field with the stain H&E", () => {
    expect(augmentFamilyOf(described({ modality: "brightfield" }, ["H&E"])).family).toBe("histology");
    expect(augmentFamilyOf(described({ modality: "brightfield" }, ["haematoxylin"])).family).toBe(
      "histology",
    );
    expect(augmentFamilyOf(described({ modality: "brightfield" })).family).toBe("brightfield");
  });
});

test("a lab's own term is what its parent is, and a deprecated one what replaced it", () => {
  const own = makeLocalTerm(vocabulary, {
    curie: "local:scope7",
    label: "the scope in room 7",
    parents: [{ curie: "FBbi:00000253", relation: "isA" }],
  });
  const old = {
    ...own,
    curie: "local:old",
    label: "old name",
    parents: [],
    deprecated: true,
    replacedBy: "FBbi:00000247",
  };
  const read = imageTermReader(buildVocabulary([...shippedTerms(), own, old]));
  const found = augmentFamilyOf({ terms: read({ modality: ["local:scope7"] }) });
  expect(found).toEqual({
    family: "fluorescence",
    by: 'modality "the scope in room 7" (local:scope7), a kind of fluorescence microscopy',
  });
  expect(augmentFamilyOf({ terms: read({ modality: ["local:old"] }) }).family).toBe("phase");
});

test("the reason names the term by its label", () => {
  const reason = (frozen: FrozenTerms): string =>
    augmentPlanFor({ terms: readTerms(frozen), mppUm: 0.5 }).reason;
  expect(reason({ platform: ["OBI:0003096"] })).toBe(
    'Imaging by mass spectrometry, told by platform "imaging mass cytometry assay" (OBI:0003096); 0.5 µm per pixel.',
  );
  expect(reason({ modality: ["FBbi:00000243"], stain: ["local:hematoxylineosin"] })).toBe(
    'Stained slides, told by modality "bright-field microscopy" (FBbi:00000243) with the stain "hematoxylin and eosin" (local:hematoxylineosin); 0.5 µm per pixel.',
  );
  expect(reason({ modality: ["FBbi:00000256"] })).toMatch(
    /hold modality "electron microscopy" \(FBbi:00000256\), for which there is no plan: only the safe subset/,
  );
});

test("images of one term share what stands above it", () => {
  const [one, two] = [readTerms({ modality: ["FBbi:00000253"] }), readTerms({ modality: ["FBbi:00000253"] })];
  expect(one.modality).toBe(two.modality);
});
