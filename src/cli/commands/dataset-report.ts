/** A dataset version in words: split table, changes against the parent, digests. */

import type { DatasetVersionDetail } from "#store/index.ts";
import { counted, table } from "../output.ts";

export function datasetReport(version: DatasetVersionDetail): string {
  const { split, changes } = version;
  const lines = [
    `${version.name}@${version.version}  ${version.id}`,
    `query    ${version.query === "" ? "(everything accepted)" : version.query}`,
    `digest   ${version.digest}`,
    `split    ${version.splitDigest}`,
    `licence  ${version.licence}`,
    "",
    table(
      ["split", "images", "cells", "groups"],
      (["train", "validation", "test"] as const).map((role) => [
        role,
        split[role].images,
        split[role].cells,
        split[role].groups,
      ]),
    ),
  ];
  if (changes !== null) {
    lines.push(
      "",
      `Against the version before: ${counted(changes.imagesAdded, "image")} added, ${changes.imagesRemoved} removed, ` +
        `${changes.imagesRelabelled} relabelled; ${counted(changes.cellsAdded, "cell")} added, ` +
        `${changes.cellsRemoved} removed, ${changes.cellsReshaped} reshaped.`,
    );
  }
  if (version.message !== "") lines.push("", version.message);
  return lines.join("\n");
}
