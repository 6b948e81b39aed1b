/** What the editor's components can see of it. */

import type { Point } from "#core/array/index.ts";
import type { ReviewProgress } from "#core/doubt/index.ts";
import type { EditKind, WriteMode } from "#core/edits/index.ts";
import type { DraftTool } from "../model/draft.ts";
import { firstPlane, type PlaneAt, type PlaneAxis, type PlaneCounts } from "../model/planes.ts";
import type { PartTool } from "../part/part-drafts.ts";
import type { SyncStatus } from "../sync/queue.ts";

export type ToolName =
  | "brush"
  | "eraser"
  | "lasso"
  | "select"
  | "split"
  | "merge"
  | "delete"
  | DraftTool
  | PartTool;

/** One line of the History tab. */
export interface HistoryLine {
  readonly operationId: string;
  /** Its number in the log; null until the server has placed it. */
  readonly seq: number | null;
  readonly kind: EditKind;
  readonly tool: string;
  readonly who: string;
  readonly whoKind: string;
  /** ISO time. */
  readonly at: string;
  readonly cellCount: number;
  /** What is counted are spots. */
  readonly ofSpots: boolean;
  readonly state: "saved" | "waiting" | "refused";
}

export interface EditorState {
  readonly tool: ToolName;
  /** Radius of brush and eraser in image pixels. */
  readonly radius: number;
  readonly newCell: boolean;
  /** What happens where a stroke meets other cells. */
  readonly writeMode: WriteMode;
  /** Whether cells of the layer may share pixels. */
  readonly overlapAllowed: boolean;
  readonly selection: readonly string[];
  /** Where the arrow keys point; null until one is pressed. */
  readonly pointer: Point | null;
  /** Counts every change of the cells. */
  readonly version: number;
  /** Cells of the plane on the screen. */
  readonly cellCount: number;
  /** Cells of all planes. */
  readonly layerCellCount: number;
  /** How many frames and slices there are. */
  readonly planes: PlaneCounts;
  /** The plane on the screen. */
  readonly plane: PlaneAt;
  /** The plane that was asked for: another one than that on the screen while its pixels are read. */
  readonly wanted: PlaneAt;
  /** Axis along which it plays; null when it does not. */
  readonly playing: PlaneAxis | null;
  /** Planes a second. */
  readonly rate: number;
  /** Newest edit of the layer that this page knows of. */
  readonly seq: number;
  readonly sync: SyncStatus;
  /** Why unsent edits would not outlive the page, or null. */
  readonly volatile: string | null;
  /** Why nothing can be changed here, or null. */
  readonly readOnly: string | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly history: readonly HistoryLine[];
  /** There are edits after the last accepted revision, as far as this page knows. */
  readonly dirty: boolean;
  /** One short line about what just happened or did not. */
  readonly note: string | null;
  readonly reviewed: ReadonlySet<string>;
  /** How far the doubt queue is; null before its first key. */
  readonly progress: ReviewProgress | null;
}

const savedStatus: SyncStatus = { state: "saved", waiting: 0, refused: [], problem: null, unkept: null };

const firstRadius = 6;
const radiusMin = 0.5;
const radiusMax = 200;

export const firstState: EditorState = {
  tool: "select",
  radius: firstRadius,
  newCell: false,
  writeMode: "exclude",
  overlapAllowed: false,
  selection: [],
  pointer: null,
  version: 0,
  cellCount: 0,
  layerCellCount: 0,
  planes: { t: 1, z: 1 },
  plane: firstPlane,
  wanted: firstPlane,
  playing: null,
  rate: 10,
  seq: 0,
  sync: savedStatus,
  volatile: null,
  readOnly: null,
  canUndo: false,
  canRedo: false,
  history: [],
  dirty: false,
  note: null,
  reviewed: new Set(),
  progress: null,
};

/** Next brush size: steps of a quarter, at least half a pixel, so that small brushes change finely. */
export function stepRadius(radius: number, direction: 1 | -1): number {
  const step = Math.max(0.5, Math.round(radius / 4));
  return Math.min(radiusMax, Math.max(radiusMin, radius + direction * step));
}
