/** Dataset versions: digests follow from the items, items from accepted revisions, roles from the sticky split. */

import { digestItems } from "../dataset-digest.ts";
import * as text from "../sql/doctor.ts";
import { frozenItems } from "../sql/leaks.ts";
import { inTransaction } from "../store.ts";
import { type Check, damage } from "./finding.ts";

interface VersionRow {
  readonly id: string;
  readonly name: string;
  readonly query: string;
  readonly digest: string;
  readonly splitDigest: string;
}

export const checkDatasets: Check = {
  title: "Computing every dataset digest anew",
  full: false,
  async run(store, report) {
    const names = new Map<string, string>();
    for (const version of await store.sql.query<VersionRow>(text.selectDatasetVersions)) {
      report.count("dataset versions");
      names.set(version.id, version.name);
      const found = await inTransaction(store, (tx) =>
        digestItems(tx, version.query, frozenItems(version.id)),
      );
      if (found.content === version.digest && found.split === version.splitDigest) continue;
      const message = `Dataset ${version.name} does not have the digest its items give.`;
      report.add(damage("dataset.digest", message, { datasetVersionId: version.id }));
    }
    for (const row of await store.sql.query<{ versionId: string; imageId: string }>(text.selectWrongRoots)) {
      const message = `Dataset ${names.get(row.versionId)} holds labels of image ${row.imageId} that are not the accepted ones it names.`;
      report.add(damage("dataset.item", message, row));
    }
    for (const row of await store.sql.query<{ versionId: string; imageId: string }>(text.selectWrongRoles)) {
      const message = `Dataset ${names.get(row.versionId)} holds image ${row.imageId} in another role than its group has.`;
      report.add(damage("dataset.role", message, row));
    }
  },
};
