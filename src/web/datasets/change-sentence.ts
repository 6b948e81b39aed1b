/** What changed between two versions of a dataset, as a sentence. Pure. */

import type { DatasetChanges, DatasetPreview, DatasetVersion, SplitTable } from "#api/index.ts";
import { plural } from "../ui/format.ts";

/** "2 images added, 34 cells added, 5 cells reshaped"; the first version has nothing to compare with. */
export function changeSentence(changes: DatasetChanges | null): string {
  if (changes === null) return "First version";
  const parts = [
    part(changes.imagesAdded, "image", "added"),
    part(changes.imagesRemoved, "image", "removed"),
    part(changes.imagesRelabelled, "image", "relabelled"),
    part(changes.imagesMoved, "image", "moved to another role"),
    part(changes.imagesRedescribed, "image", "described anew"),
    part(changes.cellsAdded, "cell", "added"),
    part(changes.cellsRemoved, "cell", "removed"),
    part(changes.cellsReshaped, "cell", "reshaped"),
    part(changes.cellsSplit, "cell", "split"),
    part(changes.cellsMerged, "cell", "merged"),
    part(changes.cellsReclassified, "cell", "of another type"),
  ].filter((text) => text !== "");
  return parts.length === 0 ? "Nothing changed" : parts.join(", ");
}

/** Totals over the three roles. */
export function totals(split: SplitTable): { images: number; cells: number; groups: number } {
  const roles = [split.train, split.validation, split.test];
  return {
    images: sum(roles.map((role) => role.images)),
    cells: sum(roles.map((role) => role.cells)),
    groups: sum(roles.map((role) => role.groups)),
  };
}

/**
 * Why a freeze is not possible or of no use now, in words; null when it is.
 *
 * @param existing versions that the dataset has; the same content gets the same version again.
 */
export function freezeObstacle(
  preview: Pick<DatasetPreview, "step" | "nextVersion" | "images" | "audit" | "checks">,
  existing: readonly string[] = [],
): string | null {
  if (preview.step === "same" || existing.includes(preview.nextVersion)) {
    return `Nothing has changed since version ${preview.nextVersion}. Correct or accept images, or change the query.`;
  }
  const { errors, unchecked } = preview.checks;
  if (errors > 0)
    return `${plural(errors, "error")} in the labels stand in the way. Mend or accept them first.`;
  if (unchecked > 0) return "Some labels were not checked as they are now. Check them first.";
  const { blocking } = preview.audit;
  if (blocking > 0) {
    return `${plural(blocking, "finding")} would let test images into training. Put images that show the same into one group, leave them out, or accept with a reason.`;
  }
  if (preview.images === 0) return "No image of this query has accepted labels yet. Accept some first.";
  return null;
}

/** Commands that fetch exactly this version. */
export function versionCommands(version: Pick<DatasetVersion, "id" | "name" | "version">, origin: string) {
  const name = `${version.name}@${version.version}`;
  return {
    show: `cellfoundry dataset show ${name} --json`,
    train: `cellfoundry train --dataset ${name} --minutes 15`,
    python: [
      "import json, os, urllib.request",
      'headers = {"Authorization": "Bearer " + os.environ["CELLFOUNDRY_TOKEN"]}',
      "after = -1",
      "while after is not None:  # a version may hold a million images",
      `    url = f"${origin}/api/dataset-versions/${version.id}/items?after={after}"`,
      "    page = json.load(urllib.request.urlopen(urllib.request.Request(url, headers=headers)))",
      '    for item in page["items"]:  # each label image is plain OME-Zarr',
      `        print(item["role"], item["name"], "${origin}/api/layer-revisions/" + item["layerRevisionId"] + "/zarr")`,
      '    after = page["nextAfter"]',
    ].join("\n"),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function part(count: number, noun: string, verb: string): string {
  return count === 0 ? "" : `${plural(count, noun)} ${verb}`;
}
