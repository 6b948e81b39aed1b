/** Versions of labels: differences, branches, merges, blame, going back. */

import {
  blameQuerySchema,
  branchesSchema,
  branchSchema,
  type ComparisonWire,
  commitSchema,
  compareQuerySchema,
  comparisonSchema,
  createBranchSchema,
  layerBlameSchema,
  layerRevisionSchema,
  type MergeOutcomeWire,
  mergeOutcomeSchema,
  mergeSchema,
  shapeToWire,
  updateBranchSchema,
  type VersionObjectWire,
} from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { Vocabulary } from "#core/ontology/index.ts";
import { countVerbs, type ObjectDifference, type VersionObject } from "#core/versions/index.ts";
import * as store from "#store/index.ts";
import { json, route } from "../route.ts";

export const versionRoutes = [
  route({
    method: "GET",
    url: "/layers/:layerId/compare",
    summary: "What happened to the cells between two versions",
    policy: "look",
    on: "layer",
    query: compareQuerySchema,
    answer: json(comparisonSchema),
    errors: ["revision.notFound", "array.shapeMismatch", "request.invalid"],
    async handle({ parts, object, query }) {
      const [from, to] = [query.from, query.to];
      if (from === undefined && query.fromLayer === undefined) throw nothingToCompare();
      const before: store.VersionRef =
        from === undefined ? { layerId: query.fromLayer as string } : { revisionId: from };
      const after: store.VersionRef = to === undefined ? { layerId: object.id } : { revisionId: to };
      const comparison = await store.compareVersions(parts.store, before, after);
      const drawn = query.unchanged === 1 && comparison.after.objectCount <= unchangedMax;
      const unchanged = drawn ? await unchangedObjects(parts.store, after, comparison) : null;
      return { ...comparisonToWire(comparison, await store.loadVocabulary(parts.store)), unchanged };
    },
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/branches",
    summary: "Branches of a layer, closed ones included",
    policy: "look",
    on: "layer",
    answer: json(branchesSchema),
    handle: async ({ parts, object }) => ({ branches: await store.listBranches(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/branches",
    summary: "Begin a branch of a layer",
    policy: "edit",
    on: "layer",
    body: createBranchSchema,
    answer: json(branchSchema),
    errors: ["request.invalid", "revision.notFound"],
    handle: ({ parts, agent, object, body }) =>
      store.createBranch(parts.store, agent, object.id, body.name, { revisionId: body.revisionId }),
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/branch",
    summary: "Facts of a layer that is a branch",
    policy: "look",
    on: "layer",
    answer: json(branchSchema),
    handle: ({ parts, object }) => store.getBranch(parts.store, object.id),
  }),
  route({
    method: "PATCH",
    url: "/layers/:layerId/branch",
    summary: "Rename, close or open a branch",
    policy: "edit",
    on: "layer",
    body: updateBranchSchema,
    answer: json(branchSchema),
    errors: ["request.invalid"],
    handle: ({ parts, agent, object, body }) =>
      store.updateBranch(parts.store, agent, object.id, { name: body.name, closed: body.closed }),
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/merge",
    summary: "Try or do the merge of a branch; conflicts are the answer, nothing is written half",
    policy: "edit",
    on: "layer",
    body: mergeSchema,
    answer: json(mergeOutcomeSchema),
    errors: ["request.invalid", "revision.conflict", "limit.objects"],
    async handle({ parts, agent, object, body }) {
      const { into, resolutions, ...request } = body;
      const merge = into === "layer" ? store.mergeBranch : store.updateFromLayer;
      const decided = new Map(Object.entries(resolutions));
      const outcome = await merge(parts.store, agent, object.id, { ...request, resolutions: decided });
      return outcomeToWire(outcome, await store.loadVocabulary(parts.store));
    },
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/blame",
    summary: "Who or what made each cell, when, with what tool, from what",
    policy: "look",
    on: "layer",
    query: blameQuerySchema,
    answer: json(layerBlameSchema),
    errors: ["revision.notFound"],
    async handle({ parts, object, query }) {
      const { revision } = query;
      const vocabulary = await store.loadVocabulary(parts.store);
      const blame = await store.blameLayer(
        parts.store,
        revision === undefined ? { layerId: object.id } : { revisionId: revision },
      );
      return {
        ...blame,
        cells: blame.cells.map((cell) => ({
          ...cell,
          types: cell.types === null ? null : store.namesOfTypes(cell.types, vocabulary),
          origin: { ...cell.origin, parents: [...cell.origin.parents] },
        })),
        summary: { ...blame.summary, authors: [...blame.summary.authors] },
      };
    },
  }),
  route({
    method: "POST",
    url: "/layer-revisions/:revisionId/restore",
    summary: "Bring a layer back to a revision, as a new revision",
    policy: "edit",
    on: "revision",
    body: commitSchema,
    answer: json(layerRevisionSchema),
    handle: ({ parts, agent, object, body }) =>
      store.restoreRevision(parts.store, agent, object.id, {
        message: body.message === "" ? undefined : body.message,
      }),
  }),
];

/** More outlines than this a page does not draw beneath the changes, and nobody could tell apart. */
const unchangedMax = 5_000;

async function unchangedObjects(
  from: store.Store,
  ref: store.VersionRef,
  { diff }: store.Comparison,
): Promise<VersionObjectWire[]> {
  const objects =
    "revisionId" in ref
      ? await store.revisionObjects(from, ref.revisionId)
      : (await store.layerObjects(from, ref.layerId)).objects;
  const changed = new Set(diff.changes.flatMap(({ after }) => after.map(({ id }) => id)));
  return objects
    .filter(({ uid }) => !changed.has(uid))
    .map(({ uid, shape }) => ({ uid, shape: shapeToWire(shape), cellType: null }));
}

function nothingToCompare(): FoundryError {
  return new FoundryError("request.invalid", {
    message: "Say what to compare with: a revision (from) or another layer (fromLayer).",
  });
}

function comparisonToWire(
  { diff, links, ...rest }: store.Comparison,
  vocabulary: Vocabulary,
): Omit<ComparisonWire, "unchanged"> {
  return {
    ...rest,
    identical: diff.identical,
    renumbered: diff.renumbered,
    counts: countVerbs(diff.changes),
    changes: diff.changes.map((change: ObjectDifference) => ({
      ...change,
      before: change.before.map((one) => objectToWire(one, vocabulary)),
      after: change.after.map((one) => objectToWire(one, vocabulary)),
    })),
    links: {
      identical: links.identical,
      added: [...links.added],
      removed: [...links.removed],
      divisions: links.divisions.map((one) => ({
        parent: one.parent,
        before: [...one.before],
        after: [...one.after],
      })),
    },
  };
}

function outcomeToWire({ conflicts, ...rest }: store.MergeOutcome, vocabulary: Vocabulary): MergeOutcomeWire {
  return {
    ...rest,
    conflicts: conflicts.map((conflict) => ({
      ...conflict,
      base: conflict.base.map((one) => objectToWire(one, vocabulary)),
      ours: conflict.ours.map((one) => objectToWire(one, vocabulary)),
      theirs: conflict.theirs.map((one) => objectToWire(one, vocabulary)),
    })),
  };
}

const objectToWire = ({ id, shape, cellType }: VersionObject, vocabulary: Vocabulary): VersionObjectWire => ({
  uid: id,
  shape: shapeToWire(shape),
  cellType: store.nameTypesText(cellType ?? null, vocabulary),
});
