/** Every blob a row refers to lies in the folder, with the right size and, in full, the right bytes. */

import { openHome, systemDisk } from "#platform/index.ts";
import * as text from "../sql/doctor.ts";
import type { Store } from "../store.ts";
import { type Check, damage, type Report, warning } from "./finding.ts";

interface BlobRow {
  readonly digest: string;
  readonly bytes: number;
}

const pageRows = 1_000;

async function* blobRows(store: Store): AsyncGenerator<BlobRow> {
  let last = "";
  for (;;) {
    const page = await store.sql.query<BlobRow>(text.selectBlobs, [last, pageRows]);
    yield* page;
    const end = page.at(-1);
    if (end === undefined) return;
    last = end.digest;
  }
}

/** Presence and size of each blob; leftovers of quarantine. */
export const checkBlobFiles: Check = {
  title: "Looking for every blob",
  full: false,
  async run(store, report) {
    for await (const { digest, bytes } of blobRows(store)) {
      report.count("blobs");
      const size = await store.blobs.size(digest);
      if (size === bytes) continue;
      const what = size === null ? "is missing" : `has ${size} bytes instead of ${bytes}`;
      await addDamage(store, report, size === null ? "blob.missing" : "blob.corrupt", digest, what);
    }
    const quarantined = await systemDisk.list(openHome(store.home).quarantine);
    for (const name of quarantined) {
      report.add(warning("blob.quarantine", "Damaged bytes lie in quarantine.", { name }));
    }
  },
};

/** Digest of each blob, and files no row refers to. */
export const checkBlobBytes: Check = {
  title: "Reading every blob",
  full: true,
  async run(store, report) {
    const known = new Set<string>();
    for await (const { digest } of blobRows(store)) {
      known.add(digest);
      // Read beside the blob store, which would move a damaged file; doctor changes nothing.
      const found = await systemDisk.digest(store.blobs.path(digest));
      if (found === null || found === digest) continue;
      report.count("blob bytes", (await store.blobs.size(digest)) ?? 0);
      await addDamage(store, report, "blob.corrupt", digest, "does not match its digest");
    }
    const loose = (await store.blobs.list()).filter((digest) => !known.has(digest));
    report.count("unreferenced blobs", loose.length);
  },
};

async function addDamage(
  store: Store,
  report: Report,
  rule: string,
  digest: string,
  what: string,
): Promise<void> {
  const users = await store.sql.query<{ user: string }>(text.selectBlobUsers, [digest]);
  const usedBy = users.map(({ user }) => user);
  const by = usedBy.length === 0 ? "" : `, used by ${usedBy.join(", ")}`;
  report.add(damage(rule, `Blob ${digest.slice(0, 12)}… ${what}${by}.`, { digest, usedBy }));
}
