/** What clicks and keys do to whole cells of the plane on the screen: select, merge, delete. */

import type { Point } from "#core/array/index.ts";
import { deleteCells, mergeCells, selectByClick } from "../model/click.ts";
import type { Outcome } from "../model/gesture.ts";
import { meantAt } from "../model/meant-at.ts";
import type { EditorState, ToolName } from "./editor-state.ts";
import type { LayerModel } from "./layer-model.ts";

export interface WholeCellsParts {
  readonly model: LayerModel;
  readonly state: () => EditorState;
  readonly mayEdit: () => boolean;
  /** Makes an edit of what a tool comes to. */
  readonly edit: (work: () => Outcome | null) => void;
  readonly select: (uids: readonly string[]) => void;
  readonly setTool: (tool: ToolName) => void;
  readonly note: (text: string) => void;
}

export class WholeCells {
  readonly #parts: WholeCellsParts;

  constructor(parts: WholeCellsParts) {
    this.#parts = parts;
  }

  /** A click with the tools that have no stroke and no draft. */
  click(at: Point, withShift: boolean): void {
    const { model, edit, select } = this.#parts;
    const { tool, selection } = this.#parts.state();
    const here = model.canvas.uidsAt(at.y, at.x);
    if (tool === "delete") {
      const uid = meantAt(model.canvas, at, selection);
      if (uid !== undefined) edit(() => deleteCells(model.canvas, [uid]));
      return;
    }
    const second = selection.length === 0 ? undefined : here.find((uid) => !selection.includes(uid));
    if (tool === "merge" && !withShift && second !== undefined)
      edit(() => mergeCells(model.canvas, [...selection, second]));
    else select(selectByClick(selection, here, withShift));
  }

  /** Merges what is selected; with fewer than two cells it is the tool that waits for the second. */
  merge(): void {
    const { model, mayEdit, edit, setTool, note } = this.#parts;
    if (!mayEdit()) return;
    const { selection } = this.#parts.state();
    if (selection.length >= 2) {
      edit(() => mergeCells(model.canvas, selection));
      return;
    }
    setTool("merge");
    note(selection.length === 0 ? "Click the first cell." : "Click the cell to merge with it.");
  }

  /** Deletes what is selected, else the cell under the pointer; else it is the tool that waits for a click. */
  delete(hovered: string | undefined): void {
    const { model, mayEdit, edit, setTool, note } = this.#parts;
    if (!mayEdit()) return;
    const { selection } = this.#parts.state();
    const uids = selection.length > 0 ? selection : hovered === undefined ? [] : [hovered];
    if (uids.length > 0) {
      edit(() => deleteCells(model.canvas, uids));
      return;
    }
    setTool("delete");
    note("Click a cell to delete it.");
  }
}
