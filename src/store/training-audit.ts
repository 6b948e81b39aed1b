/** The leak audit of a frozen version: asked for by a person, or by a training before it begins. */

import type { LeakWaiver } from "#core/leaks/index.ts";
import type { DatasetAudit, DatasetVersionDetail } from "./dataset-types.ts";
import { assertNoLeaks } from "./freeze.ts";
import { auditItems } from "./leak-audit.ts";
import { frozenItems } from "./sql/leaks.ts";
import { inTransaction, type Store } from "./store.ts";

export interface VersionAuditRequest {
  /** Model that a training is to start from; its own training images are looked for in this version's held-out ones. */
  readonly baseModelVersionId?: string | undefined;
  /** Beyond those the version was frozen with. */
  readonly waivers?: readonly LeakWaiver[] | undefined;
}

/** Looks at a frozen version with what is known today; nothing of the version changes. */
export function auditDatasetVersion(
  store: Store,
  version: Pick<DatasetVersionDetail, "id" | "projectId" | "audit">,
  { baseModelVersionId, waivers = [] }: VersionAuditRequest = {},
): Promise<DatasetAudit> {
  return inTransaction(store, (tx) =>
    auditItems(tx, {
      projectId: version.projectId,
      items: frozenItems(version.id),
      versionId: version.id,
      baseModelVersionId,
      waivers: [...version.audit.waivers, ...waivers],
    }),
  );
}

/**
 * Lets a training begin only when nothing leaks.
 *
 * @throws FoundryError `dataset.leak` with the findings in `details.findings`.
 */
export async function assertTrainable(
  store: Store,
  version: Pick<DatasetVersionDetail, "id" | "projectId" | "audit">,
  request: VersionAuditRequest = {},
): Promise<DatasetAudit> {
  const audit = await auditDatasetVersion(store, version, request);
  assertNoLeaks(audit);
  return audit;
}
