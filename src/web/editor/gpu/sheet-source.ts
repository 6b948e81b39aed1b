/**
 * What someone wants on the screen beside the layer that is edited, without a word of graphics cards.
 *
 * Features publish sources; the scene makes sheets of them (`extra-sheets.ts`).
 */

import type { LabelCanvas } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { Store } from "../session/store.ts";
import type { SheetLook } from "./label-sheet.ts";

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
