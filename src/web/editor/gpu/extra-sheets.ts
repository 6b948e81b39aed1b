/**
 * What lies on the screen beside the layer that is edited: other layers, differences, marks.
 *
 * Whoever has something to show publishes a source: a canvas, colours, a look. Here sources become sheets on the card, as
 * few changes at a time as the sources have.
 */

import type { Device } from "@luma.gl/core";
import type { LabelCanvas } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { Store } from "../session/store.ts";
import { flagSelected, flagShown } from "./label-shader.ts";
import { LabelSheet, type SheetLook } from "./label-sheet.ts";

export interface SheetSource {
  readonly id: string;
  /** Another one is drawn anew; one canvas is not changed. */
  readonly canvas: LabelCanvas;
  /** Another function means other colours. */
  readonly colourOf: (uid: string) => Rgb;
  readonly look: SheetLook;
  /** Drawn as selected cells are. */
  readonly marked: ReadonlySet<string>;
  /** Over the layer that is edited, or below it. */
  readonly isAbove: boolean;
}

export interface ExtraSheetsState {
  readonly sources: readonly SheetSource[];
  /** The edited layer steps back: outlines only, thinly. */
  readonly isEditedQuiet: boolean;
}

export type ExtraSheetsStore = Store<ExtraSheetsState>;

export const noExtraSheets = (): ExtraSheetsStore =>
  new Store<ExtraSheetsState>({ sources: [], isEditedQuiet: false });

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
