import { expect, test } from "vitest";
import type { ListedVersion, Model } from "#api/index.ts";
import {
  baseItems,
  modelItems,
  newestReleased,
  newestUsable,
  originWords,
  usableVersions,
} from "./model-choice.ts";

const version = (
  id: string,
  stage: ListedVersion["stage"],
  createdAt: string,
  fit: number | null = null,
): ListedVersion =>
  ({
    id,
    name: "nuclei",
    version: "1.0.0",
    stage,
    createdAt,
    dataset: null,
    shipped: true,
    contract: {},
    fit,
  }) as unknown as ListedVersion;

const models: Model[] = [
  {
    id: "m",
    name: "nuclei",
    versions: [
      version("old", "released", "2026-01-01T00:00:00Z"),
      version("new", "released", "2026-02-01T00:00:00Z"),
      version("candidate", "candidate", "2026-03-01T00:00:00Z"),
      version("retired", "retired", "2026-04-01T00:00:00Z"),
    ],
  },
];

test("released first, newest first, retired never", () => {
  expect(usableVersions(models).map(({ id }) => id)).toEqual(["new", "old", "candidate"]);
  expect(newestUsable(models)?.id).toBe("new");
  expect(newestUsable([])).toBeUndefined();
  expect(newestReleased(models)?.id).toBe("new");
  expect(
    newestReleased([{ id: "m", name: "n", versions: [version("c", "candidate", "2026-01-01")] }]),
  ).toBeUndefined();
});

test("a network of another program can be used, but no training starts from it", () => {
  const theirs = {
    ...version("theirs", "released", "2026-05-01"),
    shipped: false,
    contract: { adapter: {} },
  };
  const both = [...models, { id: "n", name: "theirs", versions: [theirs] }];
  expect(newestUsable(both)?.id).toBe("theirs");
  expect(newestReleased(both)?.id).toBe("new");
  expect(baseItems(both).map(({ value }) => value)).toEqual(["new", "old", "candidate"]);
  expect(originWords(theirs)).toBe("imported");
});

test("items carry name, stage and origin", () => {
  expect(modelItems(models)[0]).toEqual({
    value: "new",
    label: "nuclei@1.0.0",
    note: "released, came with the program",
  });
});

test("versions for such images first, those for others last and named so", () => {
  const list: Model[] = [
    {
      id: "m",
      name: "nuclei",
      versions: [
        version("general", "released", "2026-01-01T00:00:00Z", 0),
        version("others", "released", "2026-09-01T00:00:00Z", -1),
        version("made for these", "released", "2025-01-01T00:00:00Z", 1),
        version("candidate", "candidate", "2026-08-01T00:00:00Z", 1),
      ],
    },
  ];
  expect(usableVersions(list).map(({ id }) => id)).toEqual([
    "made for these",
    "general",
    "candidate",
    "others",
  ]);
  expect(newestReleased(list)?.id).toBe("made for these");
  expect(modelItems(list).map(({ note }) => note.includes("other kinds of images"))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
