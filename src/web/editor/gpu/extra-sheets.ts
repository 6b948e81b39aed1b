/** Makes sheets on the graphics card of what is shown beside the edited layer, with as few changes as the sources have. */

import type { Device } from "@luma.gl/core";
import { flagSelected, flagShown } from "./label-shader.ts";
import { LabelSheet } from "./label-sheet.ts";
import type { SheetSource } from "./sheet-source.ts";

export class ExtraSheets {
  readonly #device: Device;
  readonly #held = new Map<string, { readonly sheet: LabelSheet; source: SheetSource }>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** @returns sheets in the order of their sources. */
  update(sources: readonly SheetSource[]): { readonly below: LabelSheet[]; readonly above: LabelSheet[] } {
    const wanted = new Set(sources.map(({ id }) => id));
    for (const [id, { sheet }] of this.#held) {
      if (wanted.has(id)) continue;
      sheet.close();
      this.#held.delete(id);
    }
    const below: LabelSheet[] = [];
    const above: LabelSheet[] = [];
    for (const source of sources) (source.isAbove ? above : below).push(this.#sheetOf(source));
    return { below, above };
  }

  close(): void {
    for (const { sheet } of this.#held.values()) sheet.close();
    this.#held.clear();
  }

  #sheetOf(source: SheetSource): LabelSheet {
    const held = this.#held.get(source.id);
    if (held === undefined) {
      const sheet = new LabelSheet(source.id, this.#device, source.canvas);
      sheet.look = source.look;
      this.#held.set(source.id, { sheet, source });
      paint(sheet, source, source.canvas.shapes.keys());
      return sheet;
    }
    const { sheet, source: before } = held;
    held.source = source;
    sheet.look = source.look;
    const isOther = before.canvas !== source.canvas;
    if (isOther) sheet.display.reset(source.canvas);
    if (isOther || before.colourOf !== source.colourOf) paint(sheet, source, source.canvas.shapes.keys());
    else if (before.marked !== source.marked) paint(sheet, source, [...before.marked, ...source.marked]);
    return sheet;
  }
}

function paint(sheet: LabelSheet, { colourOf, marked }: SheetSource, uids: Iterable<string>): void {
  for (const uid of uids)
    sheet.display.setEntry(uid, colourOf(uid), flagShown | (marked.has(uid) ? flagSelected : 0));
}
