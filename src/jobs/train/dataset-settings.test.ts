/** What a version holds decides what a network takes and outlines. */
import { expect, test } from "vitest";
import type { Channel, DatasetItem } from "#store/index.ts";
import { itemPerCompartment, settingsOfDataset } from "./dataset-settings.ts";

const channel = (index: number, role: Channel["role"], name = `c${index}`): Channel =>
  ({
    index,
    name,
    role,
    target: "",
    color: null,
  }) as unknown as Channel;

const item = (imageId: string, compartment: string, more: readonly string[] = []): DatasetItem => ({
  position: 0,
  imageId,
  name: imageId,
  arrayDigest: "",
  layerRevisionId: `${imageId}-${compartment}`,
  layerRoot: "",
  group: "",
  role: "train",
  cellCount: 1,
  mpp: null,
  strata: { compartment, organ: "lung" },
  terms: {},
  regionDigest: null,
  moreLayers: more.map((other) => ({
    compartment: other as "wholeCell",
    layerRevisionId: `${imageId}-${other}`,
    layerRoot: "",
  })),
});

test("an item counts once per compartment, with the revision of each", () => {
  const [first, second] = itemPerCompartment(item("a", "nuclear", ["wholeCell"]));
  expect(first?.strata).toEqual({ compartment: "nuclear", organ: "lung" });
  expect(second?.strata).toEqual({ compartment: "wholeCell", organ: "lung" });
  expect([first?.layerRevisionId, second?.layerRevisionId]).toEqual(["a-nuclear", "a-wholeCell"]);
});

test("what is labelled of one compartment says nothing about another", () => {
  const digest = "ab".repeat(32);
  const both = item("a", "nuclear", ["wholeCell"]);
  const partOf = (main: object, other: object): unknown[] =>
    itemPerCompartment({
      ...both,
      ...main,
      strata: { ...both.strata, ...("coverage" in main ? { coverage: String(main.coverage) } : {}) },
      moreLayers: both.moreLayers.map((layer) => ({ ...layer, ...other })),
    }).map(({ strata, regionDigest }) => [strata["coverage"], regionDigest]);
  expect(partOf({ coverage: "region", regionDigest: digest }, {})).toEqual([
    ["region", digest],
    [undefined, null],
  ]);
  expect(partOf({}, { coverage: "sparse" })).toEqual([
    [undefined, null],
    ["sparse", null],
  ]);
  expect(partOf({ coverage: "sparse" }, { coverage: "region", regionDigest: digest })).toEqual([
    ["sparse", null],
    ["region", digest],
  ]);
});

test("nuclei alone: the defaults", () => {
  const channels = [channel(0, "nuclear"), channel(1, "membrane")];
  expect(settingsOfDataset([item("a", "nuclear")], () => channels)).toEqual({});
});

test("whole cells in one channel: the role that images state", () => {
  const of = (id: string) => [channel(0, id === "c" ? "other" : "phase")];
  expect(
    settingsOfDataset(
      ["a", "b", "c"].map((id) => item(id, "wholeCell")),
      of,
    ),
  ).toEqual({
    compartments: ["wholeCell"],
    channels: [{ role: "phase", required: true }],
  });
});

test("both compartments: roles that all images have are required, others are not", () => {
  const of = (id: string) =>
    id === "a"
      ? [channel(0, "nuclear"), channel(1, "membrane"), channel(2, "other", "CD99")]
      : [channel(0, "other", "DAPI"), channel(1, "other", "autofluorescence")];
  const items = [item("a", "nuclear", ["wholeCell"]), item("b", "nuclear")];
  expect(settingsOfDataset(items, of)).toEqual({
    compartments: ["nuclear", "wholeCell"],
    channels: [
      { role: "nuclear", required: true },
      { role: "membrane", required: false },
    ],
  });
});
