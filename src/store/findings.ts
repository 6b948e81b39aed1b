/** Findings as people meet them: counts by rule, the queue of one rule worst first, waivers with a reason. */

import { type CheckRuleName, checkRuleNames, checkRules, checkRulesVersion } from "#core/checks/index.ts";
import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import type {
  FindingChoice,
  FindingStatus,
  FindingSummary,
  RuleCount,
  StoredFinding,
} from "./finding-types.ts";
import * as text from "./sql/findings.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface FindingListOptions {
  readonly projectId: string;
  /** Default open. */
  readonly status?: FindingStatus | undefined;
  readonly rule?: CheckRuleName | undefined;
  readonly imageIds?: readonly string[] | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Default 60. */
  readonly limit?: number | undefined;
}

/** One page, worst first. @throws FoundryError `request.invalid` for a cursor that is none. */
export async function listFindings(
  store: Store,
  { projectId, status = "open", rule, imageIds, cursor, limit = 60 }: FindingListOptions,
): Promise<{ readonly items: readonly StoredFinding[]; readonly nextCursor: string | null }> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const rows = await store.sql.query<StoredFinding>(text.selectFindings, [
    projectId,
    status,
    rule ?? null,
    imageIds ?? null,
    after?.value ?? null,
    after?.id ?? null,
    limit + 1,
  ]);
  const items = rows.slice(0, limit).map(known);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? `${last.id} ${last.value}` : null };
}

function readCursor(cursor: string): { readonly id: string; readonly value: number } {
  const match = /^([0-9A-Z]{26}) ([-+.0-9eE]{1,30})$/.exec(cursor);
  const value = Number(match?.[2]);
  if (match === null || Number.isNaN(value)) {
    throw new FoundryError("request.invalid", {
      message: "This page of the list does not exist.",
      hint: "Load the list anew.",
    });
  }
  return { id: match[1] as string, value };
}

/** The rule's present severity counts, whatever it was when the finding was made. */
const known = (finding: StoredFinding): StoredFinding => ({
  ...finding,
  severity: checkRules[finding.rule]?.severity ?? finding.severity,
});

/** @throws FoundryError `request.notFound`. */
export async function getFinding(store: Store, findingId: string): Promise<StoredFinding> {
  const [row] = await store.sql.query<StoredFinding>(text.selectFinding, [findingId]);
  if (row !== undefined) return known(row);
  throw new FoundryError("request.notFound", { message: "There is no such finding." });
}

const severityOrder = ["error", "warning", "info"];

/** Counts per rule of a project, or of some of its images, and how much of it was looked at. */
export async function findingSummary(
  store: Store,
  projectId: string,
  imageIds?: readonly string[],
): Promise<FindingSummary> {
  const [rows, [checked]] = await Promise.all([
    store.sql.query<{ rule: CheckRuleName; status: FindingStatus; count: number; images: number }>(
      text.countFindings,
      [projectId, imageIds ?? null],
    ),
    store.sql.query<{ layers: number; checked: number }>(text.countChecked, [projectId, checkRulesVersion]),
  ]);
  const rules = [...Map.groupBy(rows, ({ rule }) => rule)].map(([rule, own]): RuleCount => {
    const count = (status: FindingStatus): number => own.find((row) => row.status === status)?.count ?? 0;
    const images = own.find((row) => row.status === "open")?.images ?? 0;
    return { rule, open: count("open"), fixed: count("fixed"), waived: count("waived"), images };
  });
  const rank = ({ rule }: RuleCount): number => severityOrder.indexOf(checkRules[rule].severity);
  return {
    rules: rules
      .filter(({ rule }) => checkRuleNames.includes(rule))
      .sort((a, b) => rank(a) - rank(b) || b.open - a.open || (a.rule < b.rule ? -1 : 1)),
    layers: checked?.layers ?? 0,
    checkedLayers: checked?.checked ?? 0,
  };
}

/** A reason longer than this is an essay. */
export const waiverCharactersMax = 500;

/**
 * Accepts open findings as they are, with a reason. They stay accepted until the cells they are about change.
 *
 * @returns ids of those waived, for taking it back. @throws FoundryError `request.invalid` without a reason.
 */
export async function waiveFindings(
  store: Store,
  actor: Agent,
  choice: FindingChoice,
  why: string,
): Promise<string[]> {
  const reason = why.trim();
  if (reason === "" || reason.length > waiverCharactersMax) {
    throw new FoundryError("request.invalid", {
      message: "Accepting a finding needs a reason.",
      hint: `Write in at most ${waiverCharactersMax} characters why it does no harm; it is kept with the finding.`,
    });
  }
  const { projectId, rule, findingIds, imageIds } = choice;
  return inTransaction(store, async (tx) => {
    const rows = await tx.sql.query<{ id: string }>(text.waiveFindings, [
      projectId,
      rule,
      findingIds ?? null,
      imageIds ?? null,
      isoTime(tx.clock),
      actor.id,
      reason,
    ]);
    const ids = rows.map(({ id }) => id).sort();
    if (ids.length > 0) {
      const details = { rule, findings: ids.length };
      await appendEvent(tx, actor, {
        verb: "findings.waived",
        entity: "project",
        entityId: projectId,
        details,
      });
    }
    return ids;
  });
}

/** Takes waivers back. @returns ids of the findings that are open again. */
export async function reopenFindings(
  store: Store,
  actor: Agent,
  projectId: string,
  findingIds: readonly string[],
): Promise<string[]> {
  return inTransaction(store, async (tx) => {
    const rows = await tx.sql.query<{ id: string }>(text.reopenFindings, [projectId, findingIds]);
    if (rows.length > 0) {
      const details = { findings: rows.length };
      await appendEvent(tx, actor, {
        verb: "findings.reopened",
        entity: "project",
        entityId: projectId,
        details,
      });
    }
    return rows.map(({ id }) => id).sort();
  });
}
