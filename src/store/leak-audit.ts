/**
 * The leak audit: every way a test image is known to get into training, looked for before freezing and before training.
 *
 * The database finds what can be found by equality; look-alikes, shared regions and frames of movies are found in core
 * from what the database keeps of each plane. Findings carry what a person needs to judge them by eye.
 */

import {
  applyWaivers,
  blockingLeaks,
  type LeakFinding,
  type LeakItem,
  type LeakWaiver,
} from "#core/leaks/index.ts";
import { findLookAlikes } from "./audit-appearance.ts";
import { findMovies } from "./audit-movies.ts";
import { findSharedRegions } from "./audit-regions.ts";
import type { DatasetAudit } from "./dataset-types.ts";
import { errorFinding, namesOf, pairKey } from "./leak-words.ts";
import { makeMissingPrints } from "./plane-prints.ts";
import * as text from "./sql/leaks.ts";
import type { Store } from "./store.ts";

export interface AuditRequest {
  readonly projectId: string;
  /** Table expression with the columns of `dataset_item`. */
  readonly items: string;
  /** Frozen version that is looked at; its own items are no earlier ones. */
  readonly versionId?: string | undefined;
  /** Model that training is to start from. */
  readonly baseModelVersionId?: string | undefined;
  readonly waivers: readonly LeakWaiver[];
  /** Images without prints that may be looked at now; default all. */
  readonly printsMax?: number | undefined;
}

/** Findings listed per rule; a longer list is read by nobody, and the number is told. */
const findingsPerRule = 100;

/** Runs every check. Call inside a transaction. Cost: some seconds for a hundred thousand images. */
export async function auditItems(tx: Store, request: AuditRequest): Promise<DatasetAudit> {
  const { items } = request;
  const prints = await makeMissingPrints(tx, items, request.printsMax);
  const notes: string[] = [];
  if (prints.left > 0) {
    notes.push(`${prints.left} images have not been compared with others yet; freezing does it first.`);
  }
  const found = [await sharedGroups(tx, items), await changedRoles(tx, request), await samePixels(tx, items)];
  const known = new Set(found[2]?.flatMap(pairsOf));
  const looks = await findLookAlikes(tx, items, known);
  found.push(looks.findings);
  for (const finding of looks.findings) for (const pair of pairsOf(finding)) known.add(pair);
  const regions = await findSharedRegions(tx, items, looks.planes, known);
  found.push(regions.findings, await findMovies(tx, items), await unknownGroups(tx, items));
  if (regions.note !== null) notes.push(regions.note);
  if (request.baseModelVersionId !== undefined) {
    found.push(await seenByModel(tx, items, request.baseModelVersionId));
  }
  const findings = applyWaivers(found.flat(), request.waivers);
  return {
    findings: [...Map.groupBy(findings, ({ rule }) => rule).values()].flatMap((list) =>
      list.sort((a, b) => Number(a.waiver !== null) - Number(b.waiver !== null)).slice(0, findingsPerRule),
    ),
    counts: Object.fromEntries(
      [...Map.groupBy(findings, ({ rule }) => rule)].map(([rule, list]) => [rule, list.length]),
    ),
    blocking: blockingLeaks(findings).length,
    waivers: [...request.waivers],
    notes,
  };
}

/** Pairs of images a finding is about already, so that a copy is not told again as a look-alike. */
function pairsOf({ items }: LeakFinding): string[] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b) => pairKey(a.imageId, b.imageId)));
}

/** Rows a statement gives at most; more findings of one rule are a fault of the whole import, and one is enough. */
const rowsMax = 10_000;

interface KeyRow {
  readonly key: string;
  readonly count: number;
  readonly items: LeakItem[];
}

const rolesOf = (items: readonly LeakItem[]): string =>
  [...new Set(items.map(({ role }) => role))].join(" and ");

async function sharedGroups(tx: Store, items: string): Promise<LeakFinding[]> {
  const rows = await tx.sql.query<KeyRow>(text.groupsInTwoRoles(items), [rowsMax]);
  return rows.map(({ key, count, items: members }) =>
    errorFinding("groupInTwoRoles", key, members, {
      count,
      text: `Group "${key}" would be in ${rolesOf(members)}.`,
    }),
  );
}

interface RoleRow extends Omit<KeyRow, "items"> {
  readonly earlier: string;
  readonly role: string;
  readonly reason: string | null;
  readonly items: string;
}

async function changedRoles(tx: Store, request: AuditRequest): Promise<LeakFinding[]> {
  const rows = await tx.sql.query<RoleRow>(text.changedRoles(request.items), [
    rowsMax,
    request.projectId,
    request.versionId ?? "",
  ]);
  return rows.map(({ key, count, earlier, role, reason, items }) => {
    const members = JSON.parse(items) as LeakItem[];
    const images = count === 1 ? `"${members[0]?.name}"` : `${count} images`;
    return {
      ...errorFinding("roleChanged", `${key}: ${earlier} to ${role}`, members.slice(0, 6), {
        count,
        text: `Group "${key}": ${images} ${count === 1 ? "was" : "were"} in ${earlier} in an earlier version and would be in ${role} now.`,
        evidence: { earlier, role },
      }),
      waiver: reason,
    };
  });
}

async function samePixels(tx: Store, items: string): Promise<LeakFinding[]> {
  const rows = await tx.sql.query<{ key: string; count: number; items: string }>(text.samePixels(items), [
    rowsMax,
  ]);
  return rows.map(({ key, count, items: members }) => {
    const list = JSON.parse(members) as LeakItem[];
    return errorFinding("samePixels", key, list, {
      count,
      text: `${namesOf(list)} have the same pixels, as they are, flipped or turned.`,
    });
  });
}

async function unknownGroups(tx: Store, items: string): Promise<LeakFinding[]> {
  const rows = await tx.sql.query<KeyRow>(text.unknownGroups(items));
  return rows.map(({ key, count, items: members }) => {
    const images = count === 1 ? "1 image" : `${count} images`;
    // With its number in the key: one more such image needs a reason again.
    const finding = errorFinding("unknownGroup", `${key} ${count}`, members, {
      count,
      text: `${images} in ${key}: nobody knows which other images show the same donor, slide or movie.`,
    });
    return key === "test" ? finding : { ...finding, severity: "warning" };
  });
}

/** Items listed of a model's own training images. */
const seenListed = 6;

async function seenByModel(tx: Store, items: string, modelVersionId: string): Promise<LeakFinding[]> {
  const rows = await tx.sql.query<KeyRow>(text.seenByModel(items), [seenListed, [modelVersionId]]);
  return rows.map(({ key, count, items: members }) =>
    errorFinding("baseModelOverlap", `${modelVersionId} ${key}`, members, {
      count,
      text: `The model to start from was trained on ${count} of the ${key} images, such as "${members[0]?.name}".`,
    }),
  );
}
