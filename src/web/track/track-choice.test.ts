import { expect, test } from "vitest";
import type { Job, Model } from "#api/index.ts";
import { linkerItems, moviesOf, trackRuns } from "./track-choice.ts";

const version = (
  name: string,
  stage: string,
  kind: string | undefined,
  dataset: object | null,
  createdAt: string,
) =>
  ({
    name,
    version: "1.0.0",
    stage,
    contract: kind === undefined ? {} : { kind },
    dataset,
    shipped: dataset === null,
    createdAt,
  }) as unknown as Model["versions"][number];

test("linkers only, released first, those trained here before those that came along, plain last", () => {
  const data = { name: "movies", version: "1.0.0" };
  const models = [
    {
      ...{ id: "1", name: "a" },
      versions: [
        version("old", "retired", "linking", data, "2026-03"),
        version("new", "candidate", "linking", data, "2026-02"),
        version("came", "released", "linking", null, "2026-02"),
        version("ours", "released", "linking", data, "2026-01"),
        version("cells", "released", undefined, null, "2026-01"),
      ],
    },
  ] as Model[];
  expect(linkerItems(models).map(({ value }) => value)).toEqual([
    "ours@1.0.0",
    "came@1.0.0",
    "new@1.0.0",
    "plain",
  ]);
  expect(linkerItems([]).map(({ value }) => value)).toEqual(["plain"]);
});

test("runs are those of the project; only runs of movies name movies", () => {
  const job = (kind: string, projectId: string, result: object | null) =>
    ({ kind, projectId, result }) as unknown as Job;
  const movie = { imageId: "i", name: "m", layerId: "l", cells: 1, tracks: 1, divisions: 0, changed: 1 };
  const ours = job("track", "p", { movies: [movie] });
  expect(trackRuns([ours, job("train", "p", null), job("track", "q", null)], "p")).toEqual([ours]);
  expect(moviesOf(ours)).toEqual([movie]);
  expect(moviesOf(job("track", "p", { layerId: "l" }))).toEqual([]);
  expect(moviesOf(job("track", "p", null))).toEqual([]);
});
