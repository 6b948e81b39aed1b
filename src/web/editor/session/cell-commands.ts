/** Keys that work on the cells selected, or on the one under the pointer. */

import type { BoundingBox } from "#core/array/index.ts";
import type { RawWindow } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import {
  findMissed,
  fitCell,
  growCells,
  mergeWithNeighbour,
  smoothCells,
  splitInTwo,
  trimCell,
} from "../model/cell-tools.ts";
import { fillCells } from "../model/click.ts";
import { samePlane } from "../model/planes.ts";
import type { EditorSession } from "./editor-session.ts";
import type { Hover } from "./hover.ts";

export type CellCommand =
  | "fill"
  | "split-in-two"
  | "trim"
  | "smooth"
  | "grow"
  | "shrink"
  | "merge-neighbour"
  | "fit-cell";

/** Reads a channel at native depth; without its index the first visible one. */
export type ReadRaw = (box: BoundingBox, channel?: number | null) => Promise<RawWindow>;

const nothingText: Readonly<Record<CellCommand, string>> = {
  fill: "This cell has no holes.",
  "split-in-two": "This cell is too small to split.",
  trim: "This cell is one piece.",
  smooth: "The outline is smooth already.",
  grow: "There is no room to grow.",
  shrink: "Smaller than this the cell would vanish.",
  "merge-neighbour": "No other cell touches this one.",
  "fit-cell": "The outline fits the picture already.",
};

export function runCellCommand(
  command: CellCommand,
  session: EditorSession,
  hover: Hover,
  readRaw: ReadRaw | null,
): void {
  const { selection } = session.state;
  const uids = selection.length > 0 ? selection : hover.uid === undefined ? [] : [hover.uid];
  const [first] = uids;
  if (first === undefined) {
    session.note("Select a cell, or point at one.");
    return;
  }
  if (command === "fit-cell") {
    void fitWhenRead(session, first, readRaw);
    return;
  }
  const { growBy, unit } = session.drafts.state.settings;
  const { mpp } = session;
  session.run((canvas, newUid) => {
    switch (command) {
      case "fill":
        return fillCells(canvas, uids);
      case "split-in-two":
        return splitInTwo(canvas, uids, newUid);
      case "trim":
        return trimCell(canvas, first, hover.at);
      case "smooth":
        return smoothCells(canvas, uids);
      case "grow":
        return growCells(canvas, uids, Math.abs(growBy), unit, mpp);
      case "shrink":
        return growCells(canvas, uids, -Math.abs(growBy), unit, mpp);
      case "merge-neighbour":
        return mergeWithNeighbour(canvas, first);
    }
  }, nothingText[command]);
}

/** As `fitObject` looks around a cell at most. */
const aroundPx = 64;

async function fitWhenRead(session: EditorSession, uid: string, readRaw: ReadRaw | null): Promise<void> {
  const { canvas } = session.model;
  const box = canvas.shapes.get(uid)?.bbox;
  if (box === undefined) return;
  if (readRaw === null) {
    session.note("The picture is not loaded yet.");
    return;
  }
  const read = () =>
    readRaw([
      Math.max(0, box[0] - aroundPx),
      Math.max(0, box[1] - aroundPx),
      Math.min(canvas.height, box[2] + aroundPx),
      Math.min(canvas.width, box[3] + aroundPx),
    ]);
  // The cell may have changed while the pixels came: the tool looks at it as it is now, and says when they do not do.
  await withPixels(session, read, (raw) =>
    session.run((now) => (now.shapes.has(uid) ? fitCell(now, uid, raw) : null), nothingText["fit-cell"]),
  );
}

/** Draws the cells that the picture shows in a box and nobody has drawn. */
export async function runFindMissed(
  session: EditorSession,
  box: BoundingBox,
  readRaw: ReadRaw | null,
): Promise<void> {
  if (readRaw === null) {
    session.note("The picture is not loaded yet.");
    return;
  }
  await withPixels(
    session,
    () => readRaw(box),
    (raw) =>
      session.run(
        (canvas, newUid) => findMissed(canvas, box, raw, newUid),
        "The picture shows no further cell here.",
      ),
  );
}

async function withPixels(
  session: EditorSession,
  read: () => Promise<RawWindow>,
  use: (raw: RawWindow) => void,
): Promise<void> {
  const { plane } = session.model;
  try {
    const raw = await read();
    // What was read belongs to the plane it was asked for.
    if (samePlane(plane, session.model.plane)) use(raw);
  } catch (error) {
    if (!isFoundryError(error)) throw error;
    session.note(error.message);
  }
}
