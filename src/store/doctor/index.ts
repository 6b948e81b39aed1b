/**
 * Doctor: checks everything the store promises, and changes nothing.
 *
 * The quick part compares rows and sizes; the full part reads every byte: digests, shapes, edit logs replayed, Merkle
 * roots and dataset digests computed anew. It may run while the program is in use.
 */

import { errorToWire } from "#core/errors.ts";
import type { Store } from "../store.ts";
import { checkBesideShapes } from "./check-beside-shapes.ts";
import { checkBlobBytes, checkBlobFiles } from "./check-blobs.ts";
import { checkCatalogue } from "./check-catalogue.ts";
import { checkDatasets } from "./check-datasets.ts";
import { checkEditLogs, checkLayers, checkShapes } from "./check-layers.ts";
import { checkModels } from "./check-models.ts";
import { checkRevisionContent, checkRevisionRows } from "./check-revisions.ts";
import { checkForeignKeys, checkSchema } from "./check-schema.ts";
import { type Check, damage, type Finding, type Report } from "./finding.ts";

export type { Finding } from "./finding.ts";

export interface DoctorReport {
  readonly findings: Finding[];
  /** What was looked at, by kind. */
  readonly checked: Readonly<Record<string, number>>;
}

const checks: readonly Check[] = [
  checkSchema,
  checkBlobFiles,
  checkLayers,
  checkRevisionRows,
  checkCatalogue,
  checkDatasets,
  checkModels,
  checkForeignKeys,
  checkShapes,
  checkEditLogs,
  checkBesideShapes,
  checkRevisionContent,
  checkBlobBytes,
];

/** One broken disk can spoil every row; more findings than this say nothing new. */
const findingsMax = 1_000;

/**
 * @param options.full  also read and recompute everything; default false.
 * @param options.onProgress  told what is being checked, in words.
 * @returns findings in the order of the checks, at most 1,000; none when all is well.
 */
export async function doctor(
  store: Store,
  options: { readonly full?: boolean; readonly onProgress?: (text: string) => void } = {},
): Promise<DoctorReport> {
  const findings: Finding[] = [];
  const checked: Record<string, number> = {};
  const report: Report = {
    add: (finding) => {
      if (findings.length < findingsMax) findings.push(finding);
    },
    count: (kind, number = 1) => {
      checked[kind] = (checked[kind] ?? 0) + number;
    },
  };
  for (const check of checks) {
    if (check.full && options.full !== true) continue;
    options.onProgress?.(check.title);
    try {
      await check.run(store, report);
    } catch (error) {
      // A check that cannot go on is itself a finding; the others still run.
      const { code, message, details = {} } = errorToWire(error);
      report.add(damage(code, `${check.title} stopped: ${message}`, details));
    }
  }
  return { findings, checked };
}
