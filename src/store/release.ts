/**
 * The release gate: a candidate becomes the released version only when it beats the present one on the same frozen
 * test items, measured the same way. Nothing here looks at training items.
 */

import { FoundryError } from "#core/errors.ts";
import { keepsFrozenTest, parseSplitView } from "#core/select/index.ts";
import { appendEvent } from "./events.ts";
import { getModelVersion } from "./models.ts";
import { missingPinnedResults } from "./pinned.ts";
import * as text from "./sql/models.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Evaluation, Gate, GateSide, ModelVersion } from "./types.ts";

/** Overlap at which the gate compares: a cell counts as found when half of it agrees. */
const gateThreshold = 0.5;

/**
 * Whether a version may be released, and why, in a sentence for people.
 *
 * Passes with a higher AP@0.5, or an equal one and a higher F1@0.5; a model of two compartments must also not be worse in
 * the other one. Without a released version, at least one object must be correct. Where the project has pinned images,
 * both versions must have predicted them, so that someone could look at the difference.
 * @throws FoundryError `model.notFound`.
 */
export async function releaseGate(store: Store, modelVersionId: string): Promise<Gate> {
  const candidate = await getModelVersion(store, modelVersionId);
  const [row] = await store.sql.query<{ id: string }>(text.selectReleasedOfModel, [candidate.modelId]);
  const released = row === undefined ? null : await getModelVersion(store, row.id);
  const gate = decideGate(candidate, released);
  return gate.passed ? withPinned(store, gate, candidate, released) : gate;
}

/** Refuses while the difference on pinned images cannot be seen. A version that ships has no project, and no pinned set. */
async function withPinned(
  store: Store,
  gate: Gate,
  candidate: ModelVersion,
  released: ModelVersion | null,
): Promise<Gate> {
  const projectId = await projectOfVersion(store, candidate.id);
  if (projectId === null || released === null) return gate;
  const missing = new Set([
    ...(await missingPinnedResults(store, projectId, candidate.id)),
    ...(await missingPinnedResults(store, projectId, released.id)),
  ]);
  if (missing.size === 0) return gate;
  return {
    ...gate,
    passed: false,
    reason: `${gate.reason} But the two have not been laid side by side on ${missing.size} pinned ${missing.size === 1 ? "image" : "images"} yet. Compare them there and look, then release.`,
  };
}

async function projectOfVersion(store: Store, modelVersionId: string): Promise<string | null> {
  const [row] = await store.sql.query<{ projectId: string | null }>(text.selectProjectOfVersion, [
    modelVersionId,
  ]);
  return row?.projectId ?? null;
}

/** The rule itself, on plain data. */
export function decideGate(candidate: ModelVersion, released: ModelVersion | null): Gate {
  const name = nameOf(candidate);
  if (candidate.stage === "released") return refuse(`${name} is the released version already.`);
  if (candidate.training !== null && !keepsFrozenTest(parseSplitView(candidate.training.view))) {
    return refuse(
      `${name} was trained in the split "${candidate.training.view}", which has no test images in common with other versions. Such a version shows what can be expected; it is not for release.`,
    );
  }
  const tests = testsOf(candidate);
  if (tests.length === 0)
    return refuse(`${name} has not been evaluated on the test split of a dataset version yet.`);
  if (released === null) return decideFirst(candidate, tests[0] as Evaluation);
  const pair = findPair(tests, testsOf(released));
  if (pair === null) {
    const datasets = tests.map(({ dataset }) => dataset).join(", ");
    return {
      ...refuse(
        `${nameOf(released)} has not been evaluated on the same test items as ${name} (test split of ${datasets}). Evaluate it there, then ask again.`,
      ),
      candidate: sideOf(candidate, tests[0] as Evaluation),
    };
  }
  const decided = decidePair(sideOf(candidate, pair.ours), sideOf(released, pair.theirs), pair.ours);
  const worse = decided.passed ? worseCompartment(pair.ours, tests, testsOf(released)) : null;
  if (worse === null) return decided;
  return { ...decided, passed: false, reason: `${decided.reason} But it is worse for ${worse}.` };
}

/** In words, another compartment of the same items in which the candidate is behind; null for none. */
function worseCompartment(
  main: Evaluation,
  ours: readonly Evaluation[],
  theirs: readonly Evaluation[],
): string | null {
  const isSameItems = (other: Evaluation): boolean =>
    other.datasetVersionId === main.datasetVersionId &&
    other.metricVersion === main.metricVersion &&
    other.compartment !== main.compartment;
  for (const mine of ours.filter(isSameItems)) {
    const other = theirs.filter(isSameItems).find(({ compartment }) => compartment === mine.compartment);
    if (other === undefined) continue;
    const [now, before] = [ap50Of(mine), ap50Of(other)];
    if (now < before) {
      const noun = { nuclear: "nuclei", wholeCell: "whole cells", cytoplasm: "cytoplasm" }[mine.compartment];
      return `${noun}: AP@0.5 ${show(now)} against ${show(before)}`;
    }
  }
  return null;
}

const ap50Of = ({ scores }: Evaluation): number =>
  scores.find(({ threshold }) => threshold === gateThreshold)?.averagePrecision ?? 0;

function decideFirst(candidate: ModelVersion, test: Evaluation): Gate {
  const side = sideOf(candidate, test);
  const correct = test.scores.find(({ threshold }) => threshold === gateThreshold)?.tp ?? 0;
  const passed = correct > 0;
  const things = countsLinks(test) ? "links" : "cells";
  const reason = passed
    ? `${side.name} is the first of its line and finds ${correct} ${things} correctly on the test split of ${test.dataset}.`
    : `${side.name} finds no ${things.slice(0, -1)} correctly on the test split of ${test.dataset}.`;
  return { passed, reason, candidate: side, released: null };
}

/** Linkers are scored by their links, each right or wrong; of those, AP is right over right, wrong and missed. */
const countsLinks = ({ metricVersion }: Evaluation): boolean => metricVersion.startsWith("links/");

function decidePair(candidate: GateSide, released: GateSide, test: Evaluation): Gate {
  const better =
    candidate.ap50 > released.ap50 || (candidate.ap50 === released.ap50 && candidate.f1 > released.f1);
  const what = countsLinks(test) ? "share of links right" : "AP@0.5";
  const scores = `${what} ${show(candidate.ap50)} against ${show(released.ap50)}, F1 ${show(candidate.f1)} against ${show(released.f1)}`;
  const verdict = better ? "beats" : "does not beat";
  const reason = `${candidate.name} ${verdict} the released ${released.name} on the test split of ${test.dataset}: ${scores}.`;
  return { passed: better, reason, candidate, released };
}

const show = (value: number): string => value.toFixed(3);
const nameOf = ({ name, version }: ModelVersion): string => `${name}@${version}`;
const refuse = (reason: string): Gate => ({ passed: false, reason, candidate: null, released: null });

/** Newest first; only those with a score at the gate's threshold count. */
function testsOf({ evaluations }: ModelVersion): Evaluation[] {
  return evaluations.filter(
    ({ split, scores }) => split === "test" && scores.some(({ threshold }) => threshold === gateThreshold),
  );
}

/** Newest evaluation of the candidate with a counterpart on the same items by the same metric. */
function findPair(
  ours: readonly Evaluation[],
  theirs: readonly Evaluation[],
): { readonly ours: Evaluation; readonly theirs: Evaluation } | null {
  for (const mine of ours) {
    const other = theirs.find(
      ({ datasetVersionId, metricVersion, compartment }) =>
        datasetVersionId === mine.datasetVersionId &&
        metricVersion === mine.metricVersion &&
        compartment === mine.compartment,
    );
    if (other !== undefined) return { ours: mine, theirs: other };
  }
  return null;
}

function sideOf(version: ModelVersion, { scores }: Evaluation): GateSide {
  const score = scores.find(({ threshold }) => threshold === gateThreshold);
  return { name: nameOf(version), ap50: score?.averagePrecision ?? 0, f1: score?.f1 ?? 0 };
}

/**
 * Makes a version the released one of its model; the earlier one is retired.
 *
 * @throws FoundryError `model.gate` with the gate in `details.gate`; `model.notFound`.
 */
export async function releaseModelVersion(
  store: Store,
  actor: Agent,
  modelVersionId: string,
): Promise<{ readonly modelVersion: ModelVersion; readonly gate: Gate }> {
  return inTransaction(store, async (tx) => {
    const { name, modelId } = await getModelVersion(tx, modelVersionId);
    await tx.sql.query(text.lockModel, [name]);
    const gate = await releaseGate(tx, modelVersionId);
    if (!gate.passed) throw new FoundryError("model.gate", { message: gate.reason, details: { gate } });
    const [retired] = await tx.sql.query<{ id: string }>(text.retireReleased, [modelId, modelVersionId]);
    await tx.sql.query(text.setStage, [modelVersionId, "released"]);
    await appendEvent(tx, actor, {
      verb: "model.released",
      entity: "modelVersion",
      entityId: modelVersionId,
      details: { before: retired?.id ?? null, after: modelVersionId },
    });
    return { modelVersion: await getModelVersion(tx, modelVersionId), gate };
  });
}
