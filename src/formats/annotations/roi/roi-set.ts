/**
 * RoiSet.zip of ImageJ's ROI Manager: one .roi per region, in the order of the archive.
 */

import { readZip } from "../../containers/zip/read-zip.ts";
import { fault, shownName } from "../../fault.ts";
import { type ImageJRoi, type RoiOptions, readRoi } from "./read-roi.ts";
import { roiFault } from "./roi-fault.ts";

// More regions than any field of view holds.
const ROIS_MAX = 200_000;

/**
 * @returns the regions; one without a name gets that of its entry.
 * @throws FoundryError `format.zip`, `format.roi` naming the entry, `limit.files`.
 */
export function readRoiSet(bytes: Uint8Array, options: RoiOptions): ImageJRoi[] {
  const { name } = options;
  const entries = readZip(bytes, name).filter(({ path }) => isRoiPath(path));
  if (entries.length === 0) throw roiFault(name, "it holds no .roi file");
  if (entries.length > ROIS_MAX) {
    throw fault("limit.files", {
      file: name,
      reason: `it holds ${entries.length} regions, the limit is ${ROIS_MAX}`,
      remedy: "Split the set.",
    });
  }
  return entries.map((entry) => {
    const roi = readRoi(entry.read(), { ...options, name: `${name}, ${shownName(entry.path)}` });
    return roi.name === "" ? { ...roi, name: entry.path.replace(/^.*\//, "").replace(/\.roi$/i, "") } : roi;
  });
}

function isRoiPath(path: string): boolean {
  return /\.roi$/i.test(path) && !path.startsWith("__MACOSX/") && !/(^|\/)\._/.test(path);
}
