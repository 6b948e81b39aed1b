/** Metadata against the schema; buckets; presets; local terms; merging. Expected values by hand. */

import { describe, expect, test } from "vitest";
import {
  buildVocabulary,
  channelFields,
  checkTerm,
  facets,
  fieldOf,
  makeLocalTerm,
  mergeTerms,
  metadataField,
  metadataFields,
  metadataPresets,
  nearestField,
  readField,
  requiredFields,
  shippedTerms,
  type Term,
  trainingBucket,
  trainingBuckets,
  validateMetadata,
} from "./index.ts";

const shipped = shippedTerms();
const vocabulary = buildVocabulary(shipped);
const check = (record: Record<string, string>) => validateMetadata(record, vocabulary);
const messages = (record: Record<string, string>) =>
  check(record).problems.map(({ field, message, severity }) => `${severity} ${field}: ${message}`);
const tissue = { donor: "D1" };

describe("words keep, meanings stand beside them", () => {
  test("raw word, CURIE and bucket are three fields", () => {
    const { value, problems } = check({ organ: " Jejunum", species: "Human", donor: "D1", ward: "7" });
    expect(problems).toEqual([]);
    expect(value.raw).toEqual({ organ: " Jejunum", species: "Human", donor: "D1", ward: "7" });
    expect(value.terms).toEqual({
      organ: { raw: " Jejunum", curie: "UBERON:0002115", bucket: "gi" },
      species: { raw: "Human", curie: "NCBITaxon:9606", bucket: "human" },
    });
  });

  test("whatever is wrong with it, a word comes back unchanged", () => {
    const record = {
      organ: "splen",
      cellLine: "H9",
      date: "31/31/2020",
      mppX: "wide",
      doi: "x",
      unknown: "ü+",
    };
    expect(check(record).value.raw).toEqual(record);
  });
});

describe("terms", () => {
  test("an unknown word names the nearest term", () => {
    expect(check({ ...tissue, organ: "splen" }).problems).toMatchObject([
      {
        field: "organ",
        value: "splen",
        rule: "unknownTerm",
        severity: "error",
        message: '"splen" is not known; did you mean spleen (UBERON:0002106)?',
        nearest: "spleen",
      },
    ]);
  });

  test("an ambiguous cell line asks", () => {
    const [problem] = check({ cellLine: "H9" }).problems;
    expect(problem?.message).toBe(
      '"H9" can be WA09 (CVCL_9773) or H9 (CVCL_1240); write the one that is meant. ' +
        "The stem-cell line is registered as WA09; the line registered as H9 is a T-cell line",
    );
    expect(problem?.candidates?.map((term) => term.curie)).toEqual(["CVCL_9773", "CVCL_1240"]);
    expect(check({ cellLine: "CVCL_9773" }).problems).toEqual([]);
  });

  test("a CURIE of another field, and one that does not exist", () => {
    expect(messages({ ...tissue, organ: "CL:0000066" })).toEqual([
      'error organ: epithelial cell (CL:0000066) is not a term for "Organ or tissue", which takes UBERON',
    ]);
    expect(messages({ ...tissue, organ: "UBERON:9999999" })).toEqual([
      "error organ: UBERON:9999999 is not in the vocabulary",
    ]);
  });

  test("a deprecated term is refused with its successor", () => {
    const old: Term = {
      curie: "UBERON:7777777",
      label: "milt",
      source: "UBERON",
      release: "old",
      synonyms: [],
      parents: [],
      deprecated: true,
      replacedBy: "UBERON:0002106",
    };
    const own = buildVocabulary([...shipped, old]);
    const report = validateMetadata({ ...tissue, organ: "UBERON:7777777" }, own);
    expect(report.problems).toMatchObject([
      {
        rule: "deprecatedTerm",
        message: "milt (UBERON:7777777) is deprecated; use spleen (UBERON:0002106)",
        nearest: "spleen",
      },
    ]);
    expect(checkTerm(own, "organ", "UBERON:0002106")).toBeNull();
  });

  test("a word without a term is only a warning where lists cannot be complete", () => {
    expect(messages({ ...tissue, perturbation: "zzzzqqq" })).toEqual([
      'warning perturbation: "zzzzqqq" is not known',
    ]);
  });
});

describe("a cell line implies", () => {
  test("species, organ and sex are offered when they are not written", () => {
    expect(check({ cellLine: "HeLa" }).value.implied).toEqual({
      species: "NCBITaxon:9606",
      organ: "UBERON:0000002",
      sex: "PATO:0000383",
    });
    // The second name of the line knows the same.
    expect(check({ cellLine: "CLO:0003684" }).value.implied.species).toBe("NCBITaxon:9606");
    expect(check({ cellLine: "HeLa", species: "human" }).value.implied).not.toHaveProperty("species");
  });

  test("another species is an error; a group above it is not", () => {
    expect(messages({ cellLine: "NIH-3T3", species: "human" })).toEqual([
      "error species: NIH 3T3 is a line of Mus musculus, not of Homo sapiens",
    ]);
    expect(messages({ cellLine: "NIH-3T3", species: "mammals" })).toEqual([]);
  });

  test("its disease is not the sample's; misidentified lines are told", () => {
    expect(messages({ cellLine: "HeLa", disease: "cervical adenocarcinoma" })).toEqual([
      "warning disease: HeLa was made from cervical adenocarcinoma; write the state of the sample",
    ]);
    expect(messages({ cellLine: "U373" })[0]).toContain("misidentified");
  });

  test("exactly one of donor and cell line", () => {
    expect(messages({ cellLine: "HeLa", donor: "D1" })).toEqual([
      "warning donor: a sample has a donor or a cell line, not both",
    ]);
    expect(messages({ organ: "lung" })).toHaveLength(1);
    expect(messages({ organ: "lung", donor: "D1" })).toEqual([]);
  });
});

describe("values that are not terms", () => {
  const read = (name: string, value: string) => {
    const field = metadataField(name);
    if (field === undefined) throw new Error(name);
    return readField(vocabulary, field, value);
  };

  test.each<[string, string, number]>([
    ["mppX", "0.65", 0.65],
    ["mppX", "0,65", 0.65],
    ["mppX", "0.65 µm", 0.65],
    ["mppX", "0.65 μm", 0.65],
    ["mppX", ".5um", 0.5],
    ["frameInterval", "300 s", 300],
    ["magnification", "20x", 20],
    ["numericalAperture", "1.4", 1.4],
    ["zStep", "5e-1", 0.5],
  ])("%s %j is %d", (name, value, number) => expect(read(name, value)).toEqual({ number }));

  test.each<[string, string, string, string | undefined]>([
    ["mppX", "fine", "number", undefined],
    ["mppX", "650 nm", "number", "0.65"],
    ["frameInterval", "5 min", "number", "300"],
    ["frameInterval", "0.5 h", "number", "1800"],
    ["mppX", "-1", "range", undefined],
    ["mppX", "0", "range", undefined],
    ["mppX", "1e400", "range", undefined],
    ["numericalAperture", "20", "range", undefined],
    ["magnification", "NaN", "number", undefined],
    ["date", "2024-02-30", "date", undefined],
    ["date", "2023-02-29", "date", undefined],
    ["date", "17.05.2024", "date", "2024-05-17"],
    ["date", "05/17/2024", "date", "2024-05-17"],
    // Day or month first cannot be told.
    ["date", "05/06/2024", "date", undefined],
    ["doi", "nature.com/x", "form", undefined],
    ["well", "row 3", "form", undefined],
    ["donor", "x".repeat(201), "form", undefined],
  ])("%s %j breaks the rule %s", (name, value, rule, nearest) => {
    const { problem } = read(name, value);
    expect([problem?.rule, problem?.nearest]).toEqual([rule, nearest]);
  });

  test.each<[string, string, string]>([
    ["date", "2024-02-29", "2024-02-29"],
    ["doi", "https://doi.org/10.1038/s41587-021-01094-0", "10.1038/s41587-021-01094-0"],
    ["well", "b7", "B07"],
    ["well", "AF48", "AF48"],
    ["licence", "cc by 4.0", "CC-BY-4.0"],
    ["licence", "ask Jane", "ask Jane"],
  ])("%s %j becomes %j", (name, value, proper) => expect(read(name, value)).toEqual({ proper }));
});

describe("fields", () => {
  test("names and aliases are distinct, and titles and help are there", () => {
    const names = new Map<string, string>();
    for (const field of metadataFields) {
      expect(field.title, field.name).not.toBe("");
      expect(field.help, field.name).toMatch(/\.$/);
      for (const name of [
        field.name.toLowerCase(),
        ...field.aliases.map((alias) => alias.replaceAll("_", "")),
      ]) {
        expect([undefined, field.name], `${name} of ${names.get(name)} and ${field.name}`).toContain(
          names.get(name),
        );
        names.set(name, field.name);
      }
    }
  });

  test("every facet of images is a field, every one of channels a channel field", () => {
    for (const facet of facets) {
      const list = facet.of === "image" ? metadataFields : channelFields;
      expect(list.some((field) => field.name === facet.field)).toBe(true);
    }
  });

  test("each example is valid", () => {
    for (const field of [...metadataFields, ...channelFields]) {
      expect(readField(vocabulary, field, field.example).problem, field.name).toBeUndefined();
    }
  });

  test.each([
    ["cell_line", "cellLine"],
    ["Cell Line", "cellLine"],
    ["tissue", "organ"],
    ["pixel size", "mppX"],
    ["NA", "numericalAperture"],
    ["patient-id", "donor"],
  ])("%s is %s", (name, field) => expect(fieldOf(name)?.name).toBe(field));

  test("a slip is asked about, an unlike name is not", () => {
    expect(nearestField("modalty")?.name).toBe("modality");
    expect(nearestField("height")).toBeNull();
    expect(messages({ ...tissue, speceis: "human" })).toEqual([
      "warning speceis: the field is kept as free text; did you mean species?",
    ]);
  });
});

describe("presets", () => {
  test("name known fields, and their proposals are valid", () => {
    for (const preset of metadataPresets) {
      for (const { field, proposed } of preset.fields) {
        const known = metadataField(field);
        expect(known, field).toBeDefined();
        if (known !== undefined && proposed !== undefined) {
          expect(readField(vocabulary, known, proposed).problem).toBeUndefined();
        }
      }
      for (const channel of preset.channels) {
        for (const field of channelFields) {
          const value = channel[field.name as keyof typeof channel];
          if (value !== undefined) expect(readField(vocabulary, field, value).problem, value).toBeUndefined();
        }
      }
    }
  });

  test("a missing required field is an error", () => {
    const [, live] = metadataPresets;
    if (live === undefined) throw new Error("no preset");
    const report = validateMetadata({ cellLine: "HeLa" }, vocabulary, { required: requiredFields(live) });
    expect(report.problems.map((problem) => problem.message)).toEqual([
      "Imaging method is missing",
      "Compartment is missing",
      "Pixel width is missing",
      "Time between frames is missing",
    ]);
  });
});

describe("training buckets", () => {
  test.each([
    ["organ", "UBERON:0002115", "gi"],
    ["organ", "UBERON:0001155", "gi"],
    ["organ", "UBERON:0002107", "liver"],
    ["organ", "UBERON:0002106", "immune"],
    ["organ", "UBERON:0000029", "immune"],
    ["organ", "UBERON:0002450", "decidua"],
    ["organ", "UBERON:0000453", "decidua"],
    ["organ", "UBERON:0001295", "uterus"],
    ["organ", "UBERON:0007795", null],
    ["platform", "OBI:0003093", "codex"],
    ["platform", "EFO:0700001", "codex"],
    ["platform", "local:vectra", "vectra"],
    ["platform", "local:comet", "multiplexed-fluorescence"],
    ["platform", "OBI:0001986", "chromogenic"],
    ["modality", "FBbi:00000247", "phase"],
    ["modality", "FBbi:00000253", "fluorescence"],
    ["cellLine", "CVCL_0058", "hela"],
    ["cellLine", "CLO:0003684", "hela"],
    ["compartment", "GO:0005730", "nuclear"],
    ["species", "NCBITaxon:9615", "mammal"],
    ["organ", "no:such", null],
  ] as const)("%s %s is in %s", (facet, curie, bucket) => {
    expect(trainingBucket(facet, curie, vocabulary)).toBe(bucket);
  });

  test("the six tissues and six platforms of TissueNet have one each", () => {
    for (const tissueName of ["breast", "gi", "immune", "lung", "pancreas", "skin"]) {
      expect(trainingBuckets.get("organ")).toContain(tissueName);
      expect(check({ ...tissue, organ: tissueName }).value.terms.organ?.bucket).toBe(tissueName);
    }
    for (const platform of ["codex", "cycif", "imc", "mibi", "mxif", "vectra"]) {
      expect(check({ ...tissue, platform }).value.terms.platform?.bucket).toBe(platform);
    }
  });
});

describe("local terms", () => {
  const input = {
    curie: "local:organoid",
    label: "gut organoid",
    parents: [{ curie: "UBERON:0002108", relation: "partOf" as const }],
  };

  test("hang below a term and are found there", () => {
    const own = buildVocabulary([...shipped, makeLocalTerm(vocabulary, input)]);
    expect(own.resolve("organ", "Gut organoids")).toMatchObject({
      state: "known",
      term: { curie: "local:organoid" },
    });
    expect(own.descendants("UBERON:0001555")).toContain("local:organoid");
    expect(trainingBucket("organ", "local:organoid", own)).toBe("gi");
  });

  test.each([
    [{ parents: [] }, "has no parent"],
    [{ parents: [{ curie: "UBERON:9999999", relation: "isA" as const }] }, "is not known"],
    [{ curie: "local:" }, "no name for a local term"],
    [{ curie: "UBERON:0000001" }, "no name for a local term"],
    [{ label: " " }, "needs a label"],
    [{ label: "Small Intestines" }, "has this name already"],
    [{ label: "x".repeat(301) }, "up to 300 characters"],
    [
      {
        parents: [
          { curie: "UBERON:0002108", relation: "isA" as const },
          { curie: "OBI:0003093", relation: "isA" as const },
        ],
      },
      "different fields",
    ],
  ])("refuses %j", (change, message) => {
    expect(() => makeLocalTerm(vocabulary, { ...input, ...change })).toThrow(message);
  });

  test("not below itself, not below a deprecated term", () => {
    const own = buildVocabulary([
      ...shipped,
      makeLocalTerm(vocabulary, input),
      { ...(shipped[0] as Term), curie: "UBERON:7777777", deprecated: true, replacedBy: "UBERON:0002106" },
    ]);
    const child = makeLocalTerm(own, {
      ...input,
      curie: "local:bud",
      label: "bud",
      parents: [{ curie: "local:organoid", relation: "isA" }],
    });
    const both = buildVocabulary([...own.terms(), child]);
    const circle = { ...input, parents: [{ curie: "local:bud", relation: "isA" as const }] };
    expect(() => makeLocalTerm(both, circle)).toThrow("below itself");
    const old = { ...input, parents: [{ curie: "UBERON:7777777", relation: "isA" as const }] };
    expect(() => makeLocalTerm(own, old)).toThrow("deprecated");
  });
});

describe("merging releases", () => {
  const spleen: Term = {
    curie: "UBERON:0002106",
    label: "lien",
    source: "UBERON",
    release: "2027",
    synonyms: ["milt"],
    parents: [{ curie: "UBERON:0000029", relation: "partOf" }],
    installed: true,
  };

  test("the release names it, our aliases and parents stay", () => {
    const merged = mergeTerms(shipped, [spleen]);
    expect(merged.length).toBe(shipped.length);
    const own = buildVocabulary(merged);
    expect(own.term("UBERON:0002106")).toMatchObject({
      label: "lien",
      release: "2027",
      synonyms: ["milt", "spleen"],
    });
    expect(own.ancestors("UBERON:0002106").slice(0, 2)).toEqual(["UBERON:0000029", "UBERON:0002405"]);
    expect(own.resolve("organ", "spleen")).toMatchObject({
      state: "known",
      term: { curie: "UBERON:0002106" },
    });
  });

  test("a term that a release deprecates is accepted no more", () => {
    const gone = { ...spleen, deprecated: true, replacedBy: "UBERON:0000029", parents: [] };
    const own = buildVocabulary(mergeTerms(shipped, [gone]));
    expect(own.belongs("organ", "UBERON:0002106")).toBe(false);
    expect(checkTerm(own, "organ", "UBERON:0002106")?.instead?.label).toBe("lymph node");
    // And comes back with a later release that uses it again.
    const back = buildVocabulary(mergeTerms(shipped, [gone], [spleen]));
    expect(back.belongs("organ", "UBERON:0002106")).toBe(true);
    expect(back.term("UBERON:0002106")?.replacedBy).toBeUndefined();
  });

  test("the lists are not changed", () => {
    const before = JSON.stringify(shipped);
    mergeTerms(shipped, [spleen]);
    expect(JSON.stringify(shipped)).toBe(before);
  });
});
