/** Writes a small folder of made-up cells with exact labels and a sheet with groups: something to import in tests. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { makeSyntheticCells } from "#testing/index.ts";

export interface MadeImages {
  readonly groups: number;
  readonly perGroup: number;
  /** Side in pixels. */
  readonly side: number;
}

/** `images/`, `labels/` and `sheet.csv` in a folder; the same options give the same files. @returns cells per image. */
export function writeMadeImages(folder: string, { groups, perGroup, side }: MadeImages): Map<string, number> {
  mkdirSync(join(folder, "images"), { recursive: true });
  mkdirSync(join(folder, "labels"), { recursive: true });
  const cells = new Map<string, number>();
  const rows = ["name,group,kind"];
  for (let group = 0; group < groups; group++) {
    for (let index = 0; index < perGroup; index++) {
      const name = `g${group}-${index}`;
      const { image, labels } = makeSyntheticCells({ height: side, width: side, seed: name });
      const png = writePng({ height: side, width: side, channels: 1, data: image.data });
      writeFileSync(join(folder, "images", `${name}.png`), png);
      writeFileSync(join(folder, "labels", `${name}.tif`), writeLabelTiff(labels));
      rows.push(`${name}.png,group-${group},fluorescence`);
      cells.set(
        name,
        labels.data.reduce((highest, label) => Math.max(highest, label), 0),
      );
    }
  }
  writeFileSync(join(folder, "sheet.csv"), `${rows.join("\n")}\n`);
  return cells;
}
