/** Sheets as YAML, rows that hold for all, and the checks against the vocabulary. */
import { describe, expect, test } from "vitest";
import {
  buildVocabulary,
  metadataField,
  metadataPresets,
  requiredFields,
  shippedTerms,
} from "#core/ontology/index.ts";
import { refusal } from "../fixtures/fixtures.ts";
import { parseSheet } from "./parse-sheet.ts";
import { valuesWithoutRow } from "./sheet.ts";
import { sheetTemplate } from "./sheet-template.ts";
import { validateSheet } from "./validate-sheet.ts";

const vocabulary = buildVocabulary(shippedTerms());
const yaml = (text: string) => parseSheet(text, { name: "s.yaml" });
const csv = (text: string) => parseSheet(text, { name: "s.csv" });
const check = (text: string, name = "s.csv") => validateSheet(parseSheet(text, { name }), vocabulary);

const example = `preset: live-cell
experiment: e-7
defaults:
  cell line: HeLa          # the line
  mpp: 0.650
  frame interval: 300
  notes: no
channels:
  - { name: Cy5, role: nuclear, marker: H2B }
  - Phase
groups:
  B07: { perturbation: control, dose: 0 }
images:
  - name: a.tif
    group: B07
    mpp: "0,5"
  - { name: b.tif, organ: uterine cervix }
  - c.tif
`;

describe("YAML", () => {
  test("defaults, groups, images, channels; words as they are written", () => {
    const sheet = yaml(example);
    expect(sheet.preset).toBe("live-cell");
    const shared = { experiment: "e-7", cell_line: "HeLa", mpp: "0.65", frameInterval: "300", notes: "no" };
    expect(sheet.defaults).toMatchObject({ name: "*", values: shared });
    expect(sheet.rows).toMatchObject([
      {
        name: "a.tif",
        line: 14,
        values: { ...shared, perturbation: "control", dose: "0", group: "B07", mpp: "0.5" },
      },
      { name: "b.tif", line: 17, values: { ...shared, organ: "uterine cervix" } },
      { name: "c.tif", line: 18, values: shared },
    ]);
    expect(sheet.rows[0]?.inherited.toSorted()).toEqual([
      "cell_line",
      "dose",
      "experiment",
      "frameInterval",
      "notes",
      "perturbation",
    ]);
    expect(sheet.channels).toMatchObject([
      { index: 0, values: { name: "Cy5", role: "nuclear", target: "H2B" } },
      { index: 1, values: { name: "Phase" } },
    ]);
    expect(sheet.keyColumn).toBe("name");
    expect(valuesWithoutRow(sheet, "B07")).toEqual({ ...shared, perturbation: "control", dose: "0" });
    expect(valuesWithoutRow(sheet, "elsewhere")).toEqual(shared);
  });

  test("numbers, dates and truth values stay words", () => {
    const sheet = yaml(
      "images:\n  - { name: 007, donor: 0x10, date: 2024-05-17, notes: yes, dose: 1e3, slide: ~ }\n",
    );
    expect(sheet.rows[0]).toMatchObject({
      name: "007",
      values: { donor: "0x10", date: "2024-05-17", notes: "yes", dose: "1e3", slide: "~" },
    });
  });

  test("a few anchors are fine", () => {
    const sheet = yaml("defaults: &d { organ: lung }\ngroups:\n  g: *d\nimages: [{ name: a, group: g }]\n");
    expect(sheet.rows[0]?.values).toEqual({ organ: "lung", group: "g" });
  });

  test.each([
    ["images:\n  - name: a\n    name b\n", "s.yaml, line 3: "],
    ["- a\n- b\n", "s.yaml, line 1: it is not a list of sections."],
    ["", "s.yaml, line 1: it is not a list of sections."],
    ["images:\n", "s.yaml, line 1: it describes nothing."],
    ["images:\n  - organ: lung\n", "s.yaml, line 2: the name of the image is missing."],
    ["images: [{ name: a }, { name: a }]\n", 's.yaml, line 1, column name: "a" is already on line 1.'],
    [
      "images:\n  - { name: a, organ: x, tissue: y }\n",
      's.yaml, line 2: "tissue" means organ, which is there already.',
    ],
    ["images:\n  - { name: a, mpp: fine }\n", 's.yaml, line 2, column mpp: "fine" is not a pixel size.'],
    ["images:\n  - { name: a, organ: [x] }\n", "s.yaml, line 2: a single value is expected here."],
    ["defaults: { <<: x }\n", 's.yaml, line 1: "<<" is not understood here.'],
    ["defaults: { organ: *x }\n", "s.yaml, line 1: "],
    ["defaults: {}\ndefaults: {}\n", "s.yaml, line 2: defaults is there twice."],
    ["channels: x\nimages: [a]\n", "s.yaml, line 1: channels is not a list."],
  ])("%j is refused with its line", async (text, message) => {
    const error = await refusal(() => yaml(text));
    expect(error.code).toBe("format.sheet");
    expect(error.message.slice(0, message.length)).toBe(message);
  });

  test.each([
    ["brackets", `images: ${"[".repeat(100_000)}`, 1],
    ["lists in one line", `${"- ".repeat(5_000)}a`, 1],
    ["indents", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), 402],
  ])("deep nesting by %s", async (_, text, line) => {
    expect((await refusal(() => yaml(text))).message).toBe(`s.yaml, line ${line}: it is nested too deeply.`);
  });

  test("a bomb of aliases, and ten thousand columns, end quickly", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 12; i++)
      bomb.push(`${"abcdefghijkl"[i]}: &${"abcdefghijkl"[i]} [${`*${"abcdefghijkl"[i - 1]},`.repeat(9)}]`);
    expect((await refusal(() => yaml(`${bomb.join("\n")}\nimages: *l\n`))).code).toBe("format.sheet");
    const aliases = `defaults: { organ: &o lung }\nimages:\n${Array.from({ length: 300 }, (_, i) => `  - { name: i${i}, organ: *o }`).join("\n")}\n`;
    expect((await refusal(() => yaml(aliases))).message).toContain("more than 200 aliases");
    const keys = `defaults:\n${Array.from({ length: 10_000 }, (_, i) => `  k${i}: 1`).join("\n")}\n`;
    expect((await refusal(() => yaml(keys))).message).toContain("more than 1000 columns");
    expect((await refusal(() => yaml("x".repeat(1_100_000)))).code).toBe("limit.bytes");
  });
});

describe("CSV with rows that hold for all", () => {
  const text =
    "name,group,organ,channel 1,channel 1 role,donor\n*,,lung,DAPI,nuclear,\n*,s1,,,,D1\na,s1,,,,\nb,s2,spleen,,,D2\n";

  test("rows take over from their group and from the experiment", () => {
    const sheet = csv(text);
    expect(sheet.rows).toMatchObject([
      { name: "a", row: 4, values: { group: "s1", organ: "lung", donor: "D1" } },
      { name: "b", row: 5, values: { group: "s2", organ: "spleen", donor: "D2" } },
    ]);
    expect(sheet.channels).toEqual([
      { index: 0, values: { name: "DAPI", role: "nuclear" }, row: 2, line: 2 },
    ]);
    expect(sheet.columns).toEqual(["group", "organ", "donor"]);
  });

  test("two rows for all, or for one group, are refused", async () => {
    expect((await refusal(() => csv("name,organ\n*,lung\n*,liver\n"))).message).toContain(
      '"*" is already on line 2',
    );
    expect((await refusal(() => csv("name,group\n*,a\n*,a\n"))).message).toContain(
      '"a" is already on line 2',
    );
  });

  test("columns named like the form are the form's fields; a second alias stays itself", () => {
    const sheet = csv("name,Tissue,NA,frame interval,patient,donor id\na,x,1.4,5,p,d\n");
    expect(sheet.columns).toEqual(["organ", "numericalAperture", "frameInterval", "donor", "donor_id"]);
  });
});

describe("checking a sheet", () => {
  test("row, column, value, rule and nearest valid term", () => {
    const rows = Array.from({ length: 10 }, (_, i) => `i${i},spleen,D1`);
    const { problems, errors } = check(`name,organ,donor\n${rows.join("\n")}\nx,splen,D1\n`);
    expect(errors).toBe(1);
    expect(problems).toMatchObject([
      {
        row: 12,
        line: 12,
        column: "organ",
        value: "splen",
        rule: "unknownTerm",
        nearest: "spleen",
        severity: "error",
      },
    ]);
    expect(problems[0]?.text).toBe(
      'row 12, column organ: "splen" is not known; did you mean spleen (UBERON:0002106)?',
    );
  });

  test("rows are counted as a spreadsheet does, columns named as the file does", () => {
    const { problems } = check('name,Tissue,notes,donor\na,lung,"two\nlines",D1\nb,lug,,D1\n');
    expect(problems.map(({ row, line, column }) => [row, line, column])).toEqual([[3, 4, "Tissue"]]);
  });

  test("a value that rows take over is reported once, where it is written", () => {
    const { problems } = check("name,organ,donor\n*,splen,D1\na,,\nb,,\nc,lung,\n");
    expect(problems.map(({ row, column, more }) => [row, column, more])).toEqual([[2, "organ", 0]]);
  });

  test("what all rows lack is one problem with a count", () => {
    const { problems } = check("name,organ\na,lung\nb,lung\nc,lung\n");
    expect(problems.map(({ text }) => text)).toEqual([
      "row 2, column donor: neither a donor nor a cell line is given; images of one donor may then be split apart (and 2 more rows)",
    ]);
  });

  test("the preset asks for its fields; an unknown preset is told", () => {
    const { problems } = check(
      "preset: live-cell\ndefaults: { cell line: HeLa, mpp: 0.65 }\nimages: [a, b]\n",
      "s.yaml",
    );
    expect(
      problems.filter((problem) => problem.severity === "error").map(({ column, more }) => [column, more]),
    ).toEqual([
      ["modality", 1],
      ["compartment", 1],
      ["frameInterval", 1],
    ]);
    expect(check("preset: dead-cell\nimages: [a]\n", "s.yaml").problems[0]?.text).toBe(
      'row 1, column preset: "dead-cell" is not a preset',
    );
  });

  test("channels", () => {
    const { problems } = check(
      "channels: [{ name: a, role: nucleus, target: CD45 }]\ndefaults: { donor: D1 }\nimages: [x]\n",
      "s.yaml",
    );
    expect(problems.map(({ text }) => text)).toEqual([
      'row 1, column channel 1 role: "nucleus" is not one of nuclear, membrane, cytoplasm, phase, brightfield, other',
    ]);
  });

  test("meanings of each row, with the words as written", () => {
    const { rows } = check("name,organ,species,donor\na,Jejunum,Human,D1\n");
    expect(rows[0]?.raw).toEqual({ organ: "Jejunum", species: "Human", donor: "D1" });
    expect(rows[0]?.terms.organ).toEqual({ raw: "Jejunum", curie: "UBERON:0002115", bucket: "gi" });
  });

  test("20,000 rows of few words", () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `i${i},spleen,human,D${i % 50}`);
    expect(check(`name,organ,species,donor\n${rows.join("\n")}\n`).problems).toEqual([]);
  });
});

describe("templates", () => {
  test.each(
    metadataPresets.flatMap((preset) =>
      (["yaml", "csv"] as const).map((format) => [preset.name, format, preset] as const),
    ),
  )(
    "%s as %s is read again, lacks only what a person must say, and is valid when filled in",
    (_, format, preset) => {
      const name = `t.${format}`;
      const text = sheetTemplate(preset, format);
      const empty = validateSheet(parseSheet(text, { name }), vocabulary, { preset: preset.name });
      const proposed = preset.fields
        .filter((field) => field.proposed !== undefined)
        .map((field) => field.field);
      const missing = empty.problems.filter((problem) => problem.severity === "error");
      expect(missing.map((problem) => problem.rule)).toEqual(missing.map(() => "required"));
      expect(missing.length).toBe(requiredFields(preset).filter((field) => !proposed.includes(field)).length);
      expect(empty.sheet.channels.length).toBe(preset.channels.length);
      const filled = preset.fields.map(({ field }) => {
        const example = metadataField(field)?.example ?? "";
        return format === "yaml" ? `${field}: ${JSON.stringify(example)}` : example;
      });
      const done =
        format === "yaml"
          ? `preset: ${preset.name}\ndefaults:\n  ${filled.join("\n  ")}\nimages: [a.tif]\n`
          : `name,${preset.fields.map(({ field }) => field).join(",")}\na.tif,${filled.join(",")}\n`;
      expect(validateSheet(parseSheet(done, { name }), vocabulary, { preset: preset.name }).problems).toEqual(
        [],
      );
    },
  );
});
