/**
 * What a dataset version would hold, written down in temporary tables of the running transaction.
 *
 * Images are selected, joined with their accepted labels and counted by the database; the roles of groups are decided
 * here. So a million images cost statements, not memory.
 */

import { combineLicences, type LicenceReport } from "#core/licence/index.ts";
import {
  assignGroupSplit,
  parseQuery,
  type SplitGroup,
  type SplitRole,
  splitRoles,
} from "#core/select/index.ts";
import type { RoleChange, SplitOptions, SplitTable, StratumCounts } from "./dataset-types.ts";
import { freezeStains } from "./image-terms.ts";
import { selectImages } from "./select-images.ts";
import { selectGroupRoles } from "./sql/datasets.ts";
import * as text from "./sql/drafts.ts";
import { pinCellTerms } from "./sql/typed-cells.ts";
import type { Store } from "./store.ts";
import { isLargeImage } from "./stored-image.ts";
import { settledScope } from "./term-words.ts";

export interface DraftRequest {
  readonly projectId: string;
  readonly query: string;
  readonly options: SplitOptions;
  readonly roleChanges: readonly RoleChange[];
}

export interface Draft {
  readonly images: number;
  readonly cells: number;
  readonly split: SplitTable;
  readonly strata: StratumCounts[];
  readonly licenceReport: LicenceReport;
  readonly excluded: { readonly reason: string; readonly count: number }[];
  /** Role of every group in the draft. */
  readonly roles: ReadonlyMap<string, SplitRole>;
}

/** The split used when nobody says otherwise. */
export const defaultSplitOptions: SplitOptions = {
  seed: 0,
  validation: 0.15,
  test: 0.15,
  stratify: ["organ", "platform", "cellLine", "compartment"],
};

/**
 * Fills the draft of this transaction, instead of the one there may be. Call `dropDraft` when done.
 *
 * @throws FoundryError `query.syntax`, `query.term`.
 */
export async function makeDraft(tx: Store, request: DraftRequest): Promise<Draft> {
  const { projectId } = request;
  const query = parseQuery(request.query);
  const scope = await settledScope(tx, projectId);
  const selection = selectImages({ projectId, query }, scope);
  await tx.sql.query(text.giveWorkMemory);
  await tx.sql.query(text.dropDraft);
  await tx.sql.query(text.createDraft);
  await tx.sql.query(text.createDraftGroups);
  await tx.sql.query(text.fillDraft(selection, request.options.corrected === true), selection.params);
  const large = await leaveLargeOut(tx);
  await tx.sql.query(text.analyzeDraft);
  await freezeStains(tx);
  await tx.sql.query(text.pinMoreLayers);
  if (scope.cellTerms.length > 0) await tx.sql.query(pinCellTerms);
  const [selected] = await tx.sql.query<{ count: number }>(text.countSelected(selection), selection.params);
  const roles = await assignRoles(tx, request);
  await tx.sql.query(text.deleteCorrectedJudges);
  const split = await countSplit(tx, text.draftItems);
  const images = splitRoles.reduce((sum, role) => sum + split[role].images, 0);
  const left = (selected?.count ?? 0) - images - large;
  const waiting = request.options.corrected === true ? await countUncommitted(tx, projectId) : 0;
  return {
    images,
    cells: splitRoles.reduce((sum, role) => sum + split[role].cells, 0),
    split,
    strata: await countStrata(tx, text.draftItems),
    licenceReport: await draftLicence(tx),
    excluded: [
      ...(left === 0 ? [] : [{ reason: "labels not accepted", count: left }]),
      ...(large === 0 ? [] : [{ reason: tooLargeReason, count: large }]),
      ...(waiting === 0
        ? []
        : [{ reason: "corrected since; freezing takes the corrections in", count: waiting }]),
    ],
    roles,
  };
}

const tooLargeReason = "too large to be learnt from whole; cut fields of view out of them";

/** Training and evaluation hold the images of a dataset in memory. @returns how many were left out. */
async function leaveLargeOut(tx: Store): Promise<number> {
  const forms = await tx.sql.query<{ id: string; shape: number[]; dtype: string }>(text.selectDraftForms, [
    tx.wholeValuesMax,
  ]);
  const large = forms.filter((form) => isLargeImage(tx, form)).map(({ id }) => id);
  if (large.length > 0) await tx.sql.query(text.deleteFromDraft, [large]);
  return large.length;
}

/** Layers of the project whose corrections no revision holds yet. */
async function countUncommitted(tx: Store, projectId: string): Promise<number> {
  return (await tx.sql.query(text.selectUncommitted, [projectId])).length;
}

export async function dropDraft(tx: Store): Promise<void> {
  await tx.sql.query(text.dropDraft);
}

/** Groups sent to the database at once. */
const groupsPerStatement = 50_000;

async function assignRoles(
  tx: Store,
  { projectId, options, roleChanges }: DraftRequest,
): Promise<Map<string, SplitRole>> {
  const groups = await readGroups(tx, options.stratify);
  const present = new Set(groups.map(({ key }) => key));
  const fixed = new Map<string, SplitRole>();
  for (const { key, role } of await tx.sql.query<{ key: string; role: SplitRole }>(selectGroupRoles, [
    projectId,
  ])) {
    if (present.has(key)) fixed.set(key, role);
  }
  for (const { group, role } of roleChanges) if (present.has(group)) fixed.set(group, role);
  for (const key of await groupsThatTrain(tx, groups, fixed)) fixed.set(key, "train");
  for (const { key } of await tx.sql.query<{ key: string }>(text.selectGroupsOnlyCorrected)) {
    if (!fixed.has(key)) fixed.set(key, "train");
  }
  const { seed, validation, test } = options;
  const roles = assignGroupSplit(groups, { seed, validation, test, fixed });
  const list = [...roles];
  for (let from = 0; from < list.length; from += groupsPerStatement) {
    const part = list.slice(from, from + groupsPerStatement);
    await tx.sql.query(text.insertDraftGroups, [part.map(([key]) => key), part.map(([, role]) => role)]);
  }
  await tx.sql.query(text.analyzeDraftGroups);
  return roles;
}

/** As many other groups as there are roles: each role can have one. */
const otherGroupsMin = splitRoles.length;

/**
 * Groups without a role that no test can rest on. They train: nobody can say that images of an unknown group are new to
 * a model, and those that a shipped model was trained on are not. Where too few groups are left, they are split like
 * others, and the audit asks.
 */
async function groupsThatTrain(
  tx: Store,
  groups: readonly SplitGroup[],
  fixed: ReadonlyMap<string, SplitRole>,
): Promise<string[]> {
  const testless = await tx.sql.query<{ key: string }>(text.selectTestlessGroups);
  if (groups.length - testless.length < otherGroupsMin) return [];
  return testless.map(({ key }) => key).filter((key) => !fixed.has(key));
}

interface GroupRow {
  readonly key: string;
  readonly strata: Readonly<Record<string, string>>;
  readonly weight: number;
}

async function readGroups(tx: Store, stratify: readonly string[]): Promise<SplitGroup[]> {
  const groups: { key: string; weight: number; strata: Record<string, number> }[] = [];
  for (const { key, strata, weight } of await tx.sql.query<GroupRow>(text.selectDraftGroups)) {
    let group = groups.at(-1);
    if (group?.key !== key) {
      group = { key, weight: 0, strata: {} };
      groups.push(group);
    }
    group.weight += weight;
    for (const field of stratify) {
      const value = strata[field];
      if (value === undefined) continue;
      const name = `${field}=${value}`;
      group.strata[name] = (group.strata[name] ?? 0) + weight;
    }
  }
  return groups;
}

/** @param items  table expression with the columns of `dataset_item`. */
async function countSplit(tx: Store, items: string): Promise<SplitTable> {
  const rows = await tx.sql.query<{ role: SplitRole; images: number; cells: number; groups: number }>(
    text.selectCounts(items),
  );
  const of = (role: SplitRole) => {
    const row = rows.find((one) => one.role === role);
    return { images: row?.images ?? 0, cells: row?.cells ?? 0, groups: row?.groups ?? 0 };
  };
  return { train: of("train"), validation: of("validation"), test: of("test") };
}

interface StrataRow {
  readonly strata: Readonly<Record<string, string>>;
  readonly role: SplitRole;
  readonly images: number;
  readonly cells: number;
}

/** A field with more values is no stratum but a list of names. */
const strataValuesMax = 50;

async function countStrata(tx: Store, items: string): Promise<StratumCounts[]> {
  const zero = (): Record<SplitRole, number> => ({ train: 0, validation: 0, test: 0 });
  const counts = new Map<
    string,
    { field: string; value: string; images: Record<SplitRole, number>; cells: Record<SplitRole, number> }
  >();
  for (const { strata, role, images, cells } of await tx.sql.query<StrataRow>(text.selectStrata(items))) {
    for (const [field, value] of Object.entries(strata)) {
      const key = `${field}\n${value}`;
      const entry = counts.get(key) ?? { field, value, images: zero(), cells: zero() };
      entry.images[role] += images;
      entry.cells[role] += cells;
      counts.set(key, entry);
    }
  }
  const byField = Map.groupBy(counts.values(), ({ field }) => field);
  return [...byField]
    .filter(([, values]) => values.length <= strataValuesMax)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, values]) => values.sort((a, b) => (a.value < b.value ? -1 : 1)));
}

async function draftLicence(tx: Store): Promise<LicenceReport> {
  const sources = await tx.sql.query<{ title: string; licence: string; url: string; images: number }>(
    text.selectDraftSources,
  );
  return combineLicences(sources.map((source) => ({ ...source, citation: "" })));
}
