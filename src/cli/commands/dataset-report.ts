/** Dataset versions and proposals in words: split, strata, licence, leaks, changes. */

import { type LeakFinding, leakRules } from "#core/leaks/index.ts";
import type {
  DatasetAudit,
  DatasetChanges,
  DatasetHidden,
  DatasetPreview,
  DatasetVersionDetail,
  SplitTable,
  StratumCounts,
} from "#store/index.ts";
import { counted, table } from "../output.ts";

export function datasetReport(version: DatasetVersionDetail): string {
  const lines = [
    `${version.name}@${version.version}  ${version.id}`,
    `query    ${version.query === "" ? "(everything accepted)" : version.query}`,
    `digest   ${version.digest}`,
    `split    ${version.splitDigest}`,
    `licence  ${version.licence}`,
    ...version.licenceReport.sentences.map((sentence) => `         ${sentence}`),
    ...version.licenceReport.conflicts.map((conflict) => `         Conflict: ${conflict}`),
    "",
    splitText(version.split),
  ];
  if (version.changes !== null)
    lines.push("", `Against the version before: ${changesText(version.changes)}.`);
  if (version.roleChanges.length > 0) {
    lines.push(
      "",
      ...version.roleChanges.map(({ group, role, reason }) => `${group} moved to ${role}: ${reason}`),
    );
  }
  if (version.audit.findings.length > 0) lines.push("", auditText(version.audit));
  const hidden = hiddenLines(version.hidden);
  if (hidden.length > 0) lines.push("", ...hidden);
  if (version.message !== "") lines.push("", version.message);
  return lines.join("\n");
}

export function previewReport(name: string, preview: DatasetPreview): string {
  const { parent, changes, audit, licenceReport } = preview;
  return [
    `${name}: ${counted(preview.images, "image")}, ${counted(preview.cells, "cell")}`,
    parent === null
      ? "There is no version yet; it would be 1.0.0."
      : `Newest is ${parent.version}; it would be ${preview.nextVersion}. ${preview.why}`,
    ...(changes === null ? [] : [`Changes: ${changesText(changes)}.`]),
    ...preview.excluded.map(({ reason, count }) => `Left out: ${counted(count, "image")}, ${reason}.`),
    `Licence ${preview.licence}`,
    ...licenceReport.sentences.map((sentence) => `  ${sentence}`),
    ...licenceReport.conflicts.map((conflict) => `  Conflict: ${conflict}`),
    "",
    splitText(preview.split),
    ...(preview.strata.length === 0 ? [] : ["", strataText(preview.strata)]),
    "",
    auditText(audit),
    ...hiddenLines(preview.hidden),
  ].join("\n");
}

/** What label images hide of overlapping cells: in all, and of each image. */
function hiddenLines(hidden: DatasetHidden | null): string[] {
  if (hidden === null) return [];
  const { items, notes } = hidden;
  if (items.length === 0) return [...notes];
  const rows = items.map(({ name, compartment, pixels, cells, covered }) => [
    name,
    compartment,
    pixels,
    cells,
    covered,
  ]);
  return [
    ...notes,
    table(["image", "compartment", "hidden pixels", "of cells", "wholly covered cells"], rows),
  ];
}

function splitText(split: SplitTable): string {
  return table(
    ["split", "images", "cells", "groups"],
    (["train", "validation", "test"] as const).map((role) => [
      role,
      split[role].images,
      split[role].cells,
      split[role].groups,
    ]),
  );
}

function strataText(strata: readonly StratumCounts[]): string {
  return table(
    ["field", "value", "train", "validation", "test", "cells"],
    strata.map(({ field, value, images, cells }) => [
      field,
      value,
      images.train,
      images.validation,
      images.test,
      cells.train + cells.validation + cells.test,
    ]),
  );
}

export function changesText(changes: DatasetChanges): string {
  const words: readonly (readonly [number, string, string])[] = [
    [changes.imagesAdded, "image", "added"],
    [changes.imagesRemoved, "image", "removed"],
    [changes.imagesRelabelled, "image", "relabelled"],
    [changes.imagesMoved, "image", "moved to another role"],
    [changes.imagesRedescribed, "image", "described anew"],
    [changes.cellsAdded, "cell", "added"],
    [changes.cellsRemoved, "cell", "removed"],
    [changes.cellsReshaped, "cell", "reshaped"],
    [changes.cellsSplit, "cell", "split"],
    [changes.cellsMerged, "cell", "merged"],
    [changes.cellsReclassified, "cell", "of another type"],
  ];
  const parts = words
    .filter(([count]) => count > 0)
    .map(([count, noun, verb]) => `${counted(count, noun)} ${verb}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** Lines shown per rule. */
const shownPerRule = 10;

export function auditText(audit: DatasetAudit): string {
  if (audit.findings.length === 0) return ["No leak found.", ...audit.notes].join("\n");
  const byRule = Map.groupBy(audit.findings, ({ rule }) => rule);
  const lines = [...byRule].flatMap(([rule, findings]) => [
    `${leakRules[rule]}: ${audit.counts[rule] ?? findings.length}`,
    ...findings.slice(0, shownPerRule).map(findingText),
  ]);
  const blocking = audit.blocking === 0 ? "None of them blocks." : `${audit.blocking} of them block.`;
  return [...lines, blocking, ...audit.notes].join("\n");
}

function findingText({ severity, text, waiver, key }: LeakFinding): string {
  if (waiver !== null) return `  accepted  ${text} Reason: ${waiver}`;
  return severity === "warning" ? `  warning   ${text}` : `  ERROR     ${text} (key ${key})`;
}
