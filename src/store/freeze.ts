/**
 * Freezing: a query over accepted labels becomes an immutable version with one digest.
 *
 * A group's role is decided once for the whole project and inherited by every later version, so a model never meets a
 * test image in training, whatever is frozen later. What a freeze would give can be asked for without freezing.
 */

import { checkRules } from "#core/checks/index.ts";
import { FoundryError } from "#core/errors.ts";
import { blockingLeaks, type LeakWaiver, leakRules } from "#core/leaks/index.ts";
import { isoTime } from "#platform/index.ts";
import { commitRevision } from "./commit.ts";
import {
  type ChangesWithVerbs,
  draftChanges,
  insertChanges,
  type NextVersion,
  nextVersion,
} from "./dataset-changes.ts";
import { type Digests, digestItems } from "./dataset-digest.ts";
import { type Draft, defaultSplitOptions, dropDraft, makeDraft } from "./dataset-draft.ts";
import type {
  DatasetAudit,
  DatasetHidden,
  DatasetPreview,
  DatasetVersionDetail,
  RoleChange,
  SplitOptions,
} from "./dataset-types.ts";
import { getDatasetVersion, newestVersion, type VersionRow } from "./datasets.ts";
import { appendEvent } from "./events.ts";
import type { CheckGate } from "./finding-types.ts";
import { hiddenInItems } from "./hidden-in-items.ts";
import { auditItems } from "./leak-audit.ts";
import { openErrors } from "./open-errors.ts";
import { getProject } from "./projects.ts";
import * as text from "./sql/datasets.ts";
import * as drafts from "./sql/drafts.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface PreviewRequest {
  readonly name?: string | undefined;
  readonly query: string;
  readonly seed?: number | undefined;
  /** Shares and strata of the split of groups that have no role yet. */
  readonly split?: Partial<Omit<SplitOptions, "seed">> | undefined;
  readonly waivers?: readonly LeakWaiver[] | undefined;
  readonly roleChanges?: readonly RoleChange[] | undefined;
}

export interface FreezeRequest extends PreviewRequest {
  readonly projectId: string;
  readonly name: string;
  readonly message?: string | undefined;
}

/** Objects nobody checked yet that a preview looks at: about two seconds. */
const previewObjectsMax = 20_000;

/** Images without prints that a preview looks at: about two seconds; freezing looks at all. */
const previewPrintsMax = 300;

interface Proposal {
  readonly options: SplitOptions;
  readonly draft: Draft;
  readonly parent: VersionRow | null;
  readonly changes: ChangesWithVerbs | null;
  readonly digests: Digests;
  readonly next: NextVersion;
  readonly audit: DatasetAudit;
  readonly checks: CheckGate;
  readonly hidden: DatasetHidden;
}

/**
 * What a freeze would give now, compared with the newest version of the name. Changes nothing but what is known of
 * pixels.
 *
 * @throws FoundryError `query.syntax`, `query.term`, `request.notFound`, `request.invalid` for a split that is none.
 */
export async function previewDataset(
  store: Store,
  projectId: string,
  request: PreviewRequest,
): Promise<DatasetPreview> {
  await getProject(store, projectId);
  return inTransaction(store, async (tx) => {
    const { draft, options, parent, changes, next, audit, checks, hidden } = await propose(
      tx,
      projectId,
      request,
      {
        printsMax: previewPrintsMax,
        objectsMax: previewObjectsMax,
      },
    );
    await dropDraft(tx);
    return {
      images: draft.images,
      cells: draft.cells,
      split: draft.split,
      strata: draft.strata,
      excluded: draft.excluded,
      licence: draft.licenceReport.expression,
      licenceReport: draft.licenceReport,
      audit,
      checks,
      hidden,
      options,
      parent: parent === null ? null : { id: parent.id, version: parent.version, query: parent.query },
      changes: changes?.changes ?? null,
      nextVersion: next.version,
      step: next.step,
      why: next.why,
    };
  });
}

/**
 * Freezes what the query selects now. The same content as the newest version gives that version back.
 *
 * @throws FoundryError `query.syntax`; `dataset.empty` when no selected image has accepted labels; `dataset.leak` with
 *         the findings in `details.findings`; `dataset.faulty` for labels with errors, or not checked; `request.invalid` for a split that is none.
 */
export async function freezeDataset(
  store: Store,
  actor: Agent,
  request: FreezeRequest,
): Promise<DatasetVersionDetail> {
  const { projectId, name } = request;
  await getProject(store, projectId);
  return inTransaction(store, async (tx) => {
    await tx.sql.query(text.lockProject, [projectId]);
    if (request.split?.corrected === true) await commitCorrected(tx, actor, projectId);
    const proposal = await propose(tx, projectId, request);
    assertFreezable(proposal);
    const { parent, next } = proposal;
    if (parent !== null && next.step === "same") {
      await dropDraft(tx);
      return getDatasetVersion(tx, parent.id);
    }
    await tx.sql.query(text.insertDataset, [tx.ids.next(), projectId, name, isoTime(tx.clock)]);
    const [dataset] = await tx.sql.query<{ id: string }>(text.selectDataset, [projectId, name]);
    await writeRoles(tx, actor, request);
    const id = await insertVersion(tx, actor, (dataset as { id: string }).id, proposal, request);
    await dropDraft(tx);
    return getDatasetVersion(tx, id);
  });
}

/** A version pins revisions, and corrections that wait to be accepted usually have none yet. */
async function commitCorrected(tx: Store, actor: Agent, projectId: string): Promise<void> {
  for (const { id } of await tx.sql.query<{ id: string }>(drafts.selectUncommitted, [projectId]))
    await commitRevision(tx, actor, id, { message: "Before freezing" });
}

async function propose(
  tx: Store,
  projectId: string,
  request: PreviewRequest,
  { printsMax, objectsMax }: { readonly printsMax?: number; readonly objectsMax?: number } = {},
): Promise<Proposal> {
  const { query, waivers = [], roleChanges = [], name } = request;
  const options = splitOptions(request);
  assertReasons(roleChanges, waivers);
  const draft = await makeDraft(tx, { projectId, query, options, roleChanges });
  const parent = name === undefined ? null : await newestVersion(tx, projectId, name);
  const changes = parent === null ? null : await draftChanges(tx, parent.id);
  const digests = await digestItems(tx, query, drafts.draftItems);
  const next = nextVersion(
    parent?.version ?? null,
    changes?.changes ?? null,
    parent?.digest === digests.content,
  );
  const audit = await auditItems(tx, {
    projectId,
    items: drafts.draftItems,
    waivers: [...roleWaivers(roleChanges), ...waivers, ...(await keptWaivers(tx, parent))],
    printsMax,
  });
  const checks = await openErrors(tx, projectId, drafts.draftItems, objectsMax);
  const hidden = await hiddenInItems(tx, drafts.draftItems, objectsMax);
  return { options, draft, parent, changes, digests, next, audit, checks, hidden };
}

/** A change of role by a reason is a change by a reason: it needs no second waiver. */
function roleWaivers(changes: readonly RoleChange[]): LeakWaiver[] {
  return changes.flatMap(({ group, role, reason }) =>
    ["train", "validation", "test"].map((from) => ({
      rule: "roleChanged" as const,
      key: `${group}: ${from} to ${role}`,
      reason,
    })),
  );
}

/** What was accepted of single findings goes on to hold in the next version; what was accepted wholesale does not. */
async function keptWaivers(tx: Store, parent: VersionRow | null): Promise<LeakWaiver[]> {
  if (parent === null) return [];
  const { audit } = await getDatasetVersion(tx, parent.id);
  return audit.waivers.filter(({ key, rule }) => key !== null && rule !== "roleChanged");
}

function splitOptions({ seed, split = {} }: PreviewRequest): SplitOptions {
  const options = {
    seed: seed ?? defaultSplitOptions.seed,
    validation: split.validation ?? defaultSplitOptions.validation,
    test: split.test ?? defaultSplitOptions.test,
    stratify: split.stratify ?? defaultSplitOptions.stratify,
    // Left out when it is not asked for, as in versions from before it could be.
    ...(split.corrected === true ? { corrected: true } : {}),
  };
  const { validation, test } = options;
  if (validation >= 0 && test >= 0 && validation + test < 1) return options;
  throw new FoundryError("request.invalid", {
    message: `Shares of ${validation} for validation and ${test} for test leave nothing to train on.`,
    hint: "Give shares from 0 that add up to less than 1.",
  });
}

function assertReasons(changes: readonly RoleChange[], waivers: readonly LeakWaiver[]): void {
  const bare = [...changes, ...waivers].find(({ reason }) => reason.trim() === "");
  if (bare === undefined) return;
  throw new FoundryError("request.invalid", {
    message: "A change of role and the acceptance of a finding each need a reason.",
    hint: "Write in a few words why it does no harm; it is kept with the version.",
  });
}

/** A message that lists more findings than this helps nobody. */
const findingsShownMax = 20;

function assertFreezable({ draft, audit, checks }: Proposal): void {
  if (draft.images === 0) {
    throw new FoundryError("dataset.empty", {
      message: "No image that this query selects has accepted labels, so there is nothing to freeze.",
      hint: "Accept the labels of some images, or widen the query.",
      details: { excluded: draft.excluded },
    });
  }
  assertNoErrors(checks);
  assertNoLeaks(audit);
}

/** @throws FoundryError `dataset.faulty` when labels have errors, or nobody looked whether they have. */
function assertNoErrors({ errors, unchecked, byRule, first }: CheckGate): void {
  if (errors > 0) {
    const rules = byRule.map(({ rule, count }) => `${checkRules[rule].title}: ${count}`);
    throw new FoundryError("dataset.faulty", {
      message: `Labels of this selection have errors that a model would learn. ${rules.join("; ")}.`,
      hint: "Open Checks: most mend by themselves; accept the others with a reason, or leave the images out with the query.",
      details: { byRule, first },
    });
  }
  if (unchecked === 0) return;
  throw new FoundryError("dataset.faulty", {
    message: `The labels of ${unchecked} images were not checked as they are now.`,
    hint: "Run the checks first: on the page Checks, or `cellfoundry check`.",
    details: { unchecked },
  });
}

/** @throws FoundryError `dataset.leak` when a finding blocks. */
export function assertNoLeaks(audit: DatasetAudit): void {
  if (audit.blocking === 0) return;
  const blocking = blockingLeaks(audit.findings);
  const [first] = blocking;
  const more = audit.blocking > 1 ? ` (and ${audit.blocking - 1} more)` : "";
  throw new FoundryError("dataset.leak", {
    message: `Test images would leak into training. ${first === undefined ? "" : `${leakRules[first.rule]}: ${first.text}`}${more}`,
    hint: "Put images that show the same into one group, leave them out with the query, or accept the finding with a reason.",
    details: { findings: blocking.slice(0, findingsShownMax), count: audit.blocking },
  });
}

/** Roles of new groups, and of those that change theirs. */
async function writeRoles(
  tx: Store,
  actor: Agent,
  { projectId, roleChanges = [] }: FreezeRequest,
): Promise<void> {
  const now = isoTime(tx.clock);
  for (const { group, role, reason } of roleChanges) {
    await tx.sql.query(text.changeGroupRole, [
      tx.ids.next(),
      projectId,
      group,
      role,
      reason.trim(),
      actor.id,
      now,
    ]);
  }
  await tx.sql.query(text.insertGroupRoles, [projectId, actor.id, now]);
}

async function insertVersion(
  tx: Store,
  actor: Agent,
  datasetId: string,
  { draft, options, parent, changes, digests, next, audit, checks, hidden }: Proposal,
  { query, message = "", roleChanges = [] }: FreezeRequest,
): Promise<string> {
  const id = tx.ids.next();
  const report = {
    licenceReport: draft.licenceReport,
    strata: draft.strata,
    audit,
    checks,
    roleChanges,
    hidden,
  };
  await tx.sql.query(text.insertVersion, [
    id,
    datasetId,
    (parent?.number ?? 0) + 1,
    next.version,
    parent?.id ?? null,
    digests.content,
    digests.split,
    query,
    options.seed,
    message,
    draft.licenceReport.expression,
    JSON.stringify(draft.split),
    changes === null ? null : JSON.stringify(changes.changes),
    actor.id,
    isoTime(tx.clock),
    draft.images,
    JSON.stringify(options),
    JSON.stringify(report),
  ]);
  await tx.sql.query(drafts.insertDraftItems, [id]);
  if (parent !== null && changes !== null) await insertChanges(tx, parent.id, id, changes.verbs);
  await appendEvent(tx, actor, {
    verb: "dataset.frozen",
    entity: "datasetVersion",
    entityId: id,
    details: {
      before: parent?.digest ?? null,
      after: digests.content,
      waived: audit.findings.filter(({ waiver }) => waiver !== null).length,
      waivedErrors: checks.waived,
      rolesChanged: roleChanges.length,
    },
  });
  return id;
}
