import { expect, test } from "vitest";
import { changeSentence, freezeObstacle, totals, versionCommands } from "./change-sentence.ts";

const none = {
  imagesAdded: 0,
  imagesRemoved: 0,
  imagesRelabelled: 0,
  imagesMoved: 0,
  imagesRedescribed: 0,
  cellsAdded: 0,
  cellsRemoved: 0,
  cellsReshaped: 0,
  cellsSplit: 0,
  cellsMerged: 0,
  cellsReclassified: 0,
};
const split = {
  train: { images: 10, cells: 300, groups: 4 },
  validation: { images: 2, cells: 50, groups: 1 },
  test: { images: 3, cells: 70, groups: 2 },
};

test("changes as a sentence", () => {
  expect(changeSentence(null)).toBe("First version");
  expect(changeSentence(none)).toBe("Nothing changed");
  expect(changeSentence({ ...none, imagesAdded: 2, cellsAdded: 1034, cellsReshaped: 1 })).toBe(
    "2 images added, 1,034 cells added, 1 cell reshaped",
  );
});

test("totals over the roles", () => {
  expect(totals(split)).toEqual({ images: 15, cells: 420, groups: 7 });
});

test("obstacles to freezing are said in words", () => {
  const preview: Parameters<typeof freezeObstacle>[0] = {
    images: 15,
    step: "first",
    audit: { findings: [], counts: {}, blocking: 0, waivers: [], notes: [] },
    checks: { errors: 0, waived: 0, unchecked: 0, byRule: [], first: [] },
    nextVersion: "1.0.0",
  };
  expect(freezeObstacle(preview)).toBeNull();
  expect(freezeObstacle(preview, ["0.9.0"])).toBeNull();
  expect(freezeObstacle(preview, ["0.9.0", "1.0.0"])).toContain("Nothing has changed since version 1.0.0");
  expect(freezeObstacle({ ...preview, images: 0 })).toContain("accepted labels");
  expect(freezeObstacle({ ...preview, audit: { ...preview.audit, blocking: 2 } })).toContain(
    "2 findings would let test images into training",
  );
  expect(freezeObstacle({ ...preview, checks: { ...preview.checks, errors: 3 } })).toContain("3 errors");
  expect(freezeObstacle({ ...preview, checks: { ...preview.checks, unchecked: 1 } })).toContain(
    "not checked",
  );
  expect(freezeObstacle({ ...preview, step: "same" })).toContain("Nothing has changed");
});

test("commands name the exact version", () => {
  const commands = versionCommands({ id: "X", name: "nuclei", version: "1.2.0" }, "http://lab");
  expect(commands.show).toBe("cellfoundry dataset show nuclei@1.2.0 --json");
  expect(commands.python).toContain('f"http://lab/api/dataset-versions/X/items?after={after}"');
});
