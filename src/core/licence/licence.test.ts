/** Licences of real public sets as their pages state them, and the law of the strictest member. */

import { expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import { combineLicences, isAsStrict, type LicenceTerms, licenceOf } from "./index.ts";

const letters = (terms: LicenceTerms): string =>
  [
    terms.known && "known",
    terms.redistribute && "share",
    terms.commercial && "sell",
    terms.derivative && "change",
    terms.attribution && "name",
    terms.shareAlike && "alike",
  ]
    .filter(Boolean)
    .join(" ");

test.each([
  ["CC0-1.0", "CC0-1.0", "known share sell change"],
  ["CC0", "CC0-1.0", "known share sell change"],
  ["CC BY 4.0", "CC-BY-4.0", "known share sell change name"],
  ["CC-BY-NC-4.0", "CC-BY-NC-4.0", "known share change name"],
  ["CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0", "known share change name alike"],
  ["CC BY-SA-NC 4.0", "CC-BY-NC-SA-4.0", "known share change name alike"],
  ["cc-by-nc-nd-3.0", "CC-BY-NC-ND-3.0", "known share name"],
  [
    "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
    "CC-BY-NC-SA-4.0",
    "known share change name alike",
  ],
  ["CC BY-SA", null, "known share sell change name alike"],
  ["Apache-2.0", "Apache-2.0", "known share sell change name"],
  ["ODbL-1.0", "ODbL-1.0", "known share sell change name alike"],
  ["Modified Apache, non-commercial academic use", null, "known share change name"],
  ["for non-commercial research only", null, "known name"],
  ["all rights reserved", null, "known name"],
  ["unknown", null, "name"],
  ["", null, "name"],
  ["ask Jim", null, "name"],
  ["CC0-1.0 AND CC-BY-NC-4.0", null, "known share change name"],
  ["GPL-3.0-only OR MIT", null, "known share sell change name"],
])("%s", (text, spdx, expected) => {
  const licence = licenceOf(text);
  expect(licence.spdx).toBe(spdx);
  expect(letters(licence.terms)).toBe(expected);
});

const texts = [
  "CC0-1.0",
  "CC BY 4.0",
  "CC BY-SA 4.0",
  "CC BY-NC 4.0",
  "CC BY-NC-SA 4.0",
  "CC BY-ND 4.0",
  "MIT",
  "ODbL-1.0",
  "all rights reserved",
  "unknown",
  "whatever",
];
const source = (licence: string, images = 1) => ({
  title: `set under ${licence}`,
  licence,
  url: "",
  citation: "",
  images,
});

test("law: a set is at least as strict as each member, and adding one never loosens it", () =>
  forSeeds(200, (random) => {
    const chosen = Array.from({ length: 1 + random.int(5) }, () => source(random.pick(texts)));
    const whole = combineLicences(chosen);
    for (const { licence } of chosen) expect(isAsStrict(whole.terms, licenceOf(licence).terms)).toBe(true);
    const more = combineLicences([...chosen, source(random.pick(texts))]);
    expect(isAsStrict(more.terms, whole.terms)).toBe(true);
    expect(combineLicences(random.shuffle(chosen))).toMatchObject({
      expression: whole.expression,
      terms: whole.terms,
      conflicts: whole.conflicts,
    });
  }));

test("one licence alone is neither stricter nor looser than itself, and has no conflict but changed copies", () => {
  for (const text of texts) {
    const whole = combineLicences([source(text)]);
    expect(isAsStrict(licenceOf(text).terms, whole.terms)).toBe(true);
    expect(whole.conflicts.length).toBe(text === "CC BY-ND 4.0" ? 1 : 0);
  }
});

test("combinations that cannot be kept at once are said in words", () => {
  expect(combineLicences([source("CC BY-SA 4.0"), source("CC BY-NC 4.0")]).conflicts).toEqual([
    "CC-BY-SA-4.0 asks that the whole set may be used commercially, CC-BY-NC-4.0 forbids it.",
  ]);
  expect(combineLicences([source("CC BY-SA 4.0"), source("CC BY-NC-SA 4.0")]).conflicts[0]).toContain(
    "cannot carry both",
  );
  expect(combineLicences([source("CC0-1.0"), source("CC BY 4.0")]).conflicts).toEqual([]);
});

test("unknown sources are named with the number of their images; names are listed once", () => {
  const report = combineLicences([source("CC0-1.0", 5), source("unknown", 3), source("", 4)]);
  expect(report.expression).toBe("CC0-1.0 AND unknown");
  expect(report.terms).toMatchObject({ known: false, redistribute: false });
  expect(report.sentences[0]).toContain("7 images come without a licence");
  expect(combineLicences([source("CC0-1.0")]).sentences).toEqual([
    "No conditions: the set and models trained on it may be used and passed on for any purpose.",
  ]);
});
