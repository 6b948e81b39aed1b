/** Which fields a form shows, and what counts as a change. */

import { expect, test } from "vitest";
import { metadataPreset } from "#core/ontology/index.ts";
import { changedWords, freeWords, otherFields, shownSections, withProposals } from "./form-fields.ts";
import { localCurie } from "./local-curie.ts";

const names = (sections: ReturnType<typeof shownSections>) =>
  sections.flatMap(({ fields }) => fields.map(({ field }) => field.name));

test("a preset's fields, those with words, those asked for; pixel size and licence have other controls", () => {
  const tissue = names(shownSections({ magnification: "20" }, "tissue-multiplexed", ["microscope"]));
  expect(tissue).toEqual(
    expect.arrayContaining(["organ", "platform", "donor", "magnification", "microscope"]),
  );
  expect(tissue).not.toContain("mppX");
  expect(tissue).not.toContain("licence");
  const sections = shownSections({}, "live-cell", []);
  const asked = sections.flatMap(({ fields }) => fields.filter(({ required }) => required));
  expect(asked.map(({ field }) => field.name).sort()).toEqual([
    "cellLine",
    "compartment",
    "frameInterval",
    "modality",
  ]);
  expect(otherFields(sections).map(({ name }) => name)).not.toContain("cellLine");
  // Every field is either shown or can be added; none twice.
  expect(new Set([...names(sections), ...otherFields(sections).map(({ name }) => name)]).size).toBe(
    names(sections).length + otherFields(sections).length,
  );
});

test("proposals never overwrite a word", () => {
  const preset = metadataPreset("tissue-multiplexed");
  expect(preset).toBeDefined();
  if (preset === undefined) return;
  const filled = withProposals({ species: "mouse", disease: " " }, preset);
  expect(filled).toMatchObject({ species: "mouse", disease: "normal" });
});

test("changes are the fields that differ, null for cleared ones; spaces are none", () => {
  const before = { organ: "liver", species: "human", note: "x" };
  expect(changedWords(before, { organ: "spleen", species: " human ", note: "", donor: "D1" })).toEqual({
    organ: "spleen",
    note: null,
    donor: "D1",
  });
  expect(changedWords(before, before)).toEqual({});
});

test("words outside the schema are shown as they are; those of channels have their table", () => {
  const record = { organ: "liver", kind: "small", channel2Target: "CD45", channelNote: "y", empty: "" };
  expect(freeWords(record)).toEqual([
    ["kind", "small"],
    ["channelNote", "y"],
  ]);
});

test.each([
  ["Pale pulp zone", "local:pale-pulp-zone"],
  [" Área pálida (2) ", "local:area-palida-2"],
  ["脾", "local:813e"],
  ["a".repeat(80), `local:${"a".repeat(60)}`],
])("the identifier of %s", (word, curie) => expect(localCurie(word)).toBe(curie));
