/** What an editor session needs from outside, and whom it tells when something must be drawn. */

import type { LayerObjects, PastLayerWire } from "#api/index.ts";
import type { BoundingBox, Point } from "#core/array/index.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import type { PlaneCounts } from "../model/planes.ts";
import type { AskPart } from "../part/part-drafts.ts";
import type { Journal } from "../sync/journal.ts";
import type { QueueParts } from "../sync/queue.ts";
import type { LogPage } from "./joining.ts";

/** The newest part of a stroke that is not finished. */
export interface StrokePart {
  /** The cell that grows; of an eraser without a cell "". */
  readonly uid: string;
  /** Whether the cell is born with the stroke. */
  readonly isNew: boolean;
  readonly erases: boolean;
  /** Pixels that change hands. */
  readonly shape: ObjectShape;
}

/** What draws the session; absent until the graphics card is ready, and in tests. */
export interface SessionView {
  /** The canvas is another one: draw all of it. */
  canvasReplaced(): void;
  canvasChanged(box: BoundingBox): void;
  /** Colours or selection of these cells changed. */
  cellsChanged(uids: readonly string[]): void;
  previewStroke(part: StrokePart): void;
  /** What a draft would make of the cells; replaces the one shown. */
  previewDraft(changes: readonly ObjectChange[]): void;
  /** The line of a cut or a lasso under way. */
  previewLine(points: readonly Point[]): void;
  previewEnded(): void;
  flyTo(box: BoundingBox): void;
}

export interface SessionParts {
  readonly layerId: string;
  readonly height: number;
  readonly width: number;
  /** Micrometres per pixel; null or absent where nobody has said. */
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  /** Whether cells of the layer may share pixels; absent: no. */
  readonly overlapAllowed?: boolean;
  /** Frames and slices of the image; absent: one of each. */
  readonly planes?: PlaneCounts;
  readonly author: { readonly id: string; readonly name: string };
  readonly journal: Journal;
  readonly post: QueueParts["post"];
  readonly schedule: QueueParts["schedule"];
  readonly readObjects: () => Promise<LayerObjects>;
  /** Cells as they were after an edit; absent where there is no log to go back along. */
  readonly readPast?: (seq: number) => Promise<PastLayerWire>;
  /** Edits of the log after a number, oldest first. */
  readonly readLog: (after: number) => Promise<LogPage>;
  readonly now: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** Asks a model about a part of the image; absent where nobody may, and in tests. */
  readonly askPart?: AskPart;
}
