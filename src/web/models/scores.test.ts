import { expect, test } from "vitest";
import type { Evaluation, ListedVersion } from "#api/index.ts";
import { errorTotal, releasedRival, scoreAt, testEvaluation } from "./scores.ts";

const evaluation = (id: string, datasetVersionId: string, createdAt: string, split = "test"): Evaluation =>
  ({
    id,
    datasetVersionId,
    createdAt,
    split,
    scores: [{ threshold: 0.5 }, { threshold: 0.55 }],
  }) as unknown as Evaluation;
const version = (id: string, stage: string, own: string | null, evaluations: Evaluation[]): ListedVersion =>
  ({
    id,
    modelId: "m",
    stage,
    createdAt: "2026-01-01T00:00:00Z",
    dataset: own === null ? null : { versionId: own },
    evaluations,
  }) as unknown as ListedVersion;

test("the test evaluation is the one on the version's own dataset", () => {
  const list = [evaluation("a", "d1", "2026-01-01"), evaluation("b", "d2", "2026-02-01")];
  expect(testEvaluation(version("v", "candidate", "d1", list))?.id).toBe("a");
  expect(testEvaluation(version("v", "candidate", null, list))?.id).toBe("b");
  expect(
    testEvaluation(version("v", "candidate", null, [evaluation("c", "d1", "2026-01-01", "train")])),
  ).toBeUndefined();
});

test("scores by threshold, whatever the last bit says", () => {
  expect(scoreAt(evaluation("a", "d", "x"), 0.5 + 1e-9)?.threshold).toBe(0.5);
  expect(scoreAt(evaluation("a", "d", "x"), 0.9)).toBeUndefined();
});

test("a rival is released and was measured on the same items", () => {
  const candidate = version("new", "candidate", "d1", [evaluation("a", "d1", "2026-01-01")]);
  const other = version("elsewhere", "released", "d2", [evaluation("b", "d2", "2026-01-01")]);
  const rival = version("old", "released", "d0", [evaluation("c", "d1", "2026-01-01")]);
  const models = (versions: ListedVersion[]) => [{ id: "m", name: "n", versions }];
  expect(releasedRival(models([candidate, other]), candidate)).toBeUndefined();
  expect(releasedRival(models([candidate, other, rival]), candidate)?.version.id).toBe("old");
});

test("total of all error classes", () => {
  expect(errorTotal({ correct: 1, missed: 2, gained: 4, split: 8, merge: 16, catastrophe: 32 })).toBe(63);
});
