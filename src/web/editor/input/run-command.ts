/** What each command does to the editor. */

import { isDraftTool } from "../model/draft.ts";
import { type ReadRaw, runCellCommand, runFindMissed } from "../session/cell-commands.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Hover } from "../session/hover.ts";
import type { Look } from "../session/look.ts";
import type { Store } from "../session/store.ts";
import { drawSpotAtPointer } from "../spots/spot-desk-of.ts";
import { runTrackCommand } from "../tracks/run-track-command.ts";
import { namingOf } from "../types/index.ts";
import type { ViewController } from "../view/view-controller.ts";
import { movePointer, pressAt } from "./arrow-pointer.ts";
import type { Command } from "./keys.ts";

export interface CommandParts {
  readonly session: EditorSession;
  readonly view: ViewController;
  readonly look: Store<Look>;
  /** What is under the pointer. */
  readonly hover: () => Hover;
  /** `null` until the picture is open. */
  readonly readRaw: () => ReadRaw | null;
  readonly primary: () => void;
  readonly toggleHelp: () => void;
}

/** One key press zooms by half a doubling. */
const zoomStep = 0.5;

export function runCommand(command: Command, parts: CommandParts): void {
  const { session, view, look } = parts;
  session.touch();
  switch (command) {
    case "select":
    case "brush":
    case "eraser":
    case "lasso":
    case "split":
      session.setTool(command);
      break;
    case "flood":
    case "threshold":
    case "seeds":
    case "grow-by":
    case "bulk":
    case "carry":
    case "prompt":
      if (command === "carry" && session.state.planes.t * session.state.planes.z === 1) {
        session.note("This image has one plane: there are no other frames or slices.");
        break;
      }
      if (session.state.tool === command) session.drafts.other(view.seenBox());
      else session.setTool(command);
      break;
    case "region":
      if (session.state.tool === command) session.part.setBox(view.seenBox());
      else session.setTool(command);
      break;
    case "follow":
      if (session.state.planes.t === 1) session.note("This image has one frame: there is no next one.");
      else session.setTool(command);
      break;
    case "accept-cell":
      session.proposals.acceptSelected(parts.hover().uid);
      break;
    case "accept-above":
      session.proposals.acceptAbove();
      break;
    case "left":
    case "right":
    case "up":
    case "down":
      movePointer(command, session, view);
      break;
    case "find-missed":
      void runFindMissed(session, view.seenBox(), parts.readRaw());
      break;
    case "write-mode":
      session.stepWriteMode();
      break;
    case "new-cell":
      session.armNewCell();
      break;
    case "merge":
      session.merge();
      break;
    case "delete":
      session.deleteSelected(parts.hover().uid);
      break;
    case "fill":
    case "split-in-two":
    case "trim":
    case "smooth":
    case "grow":
    case "shrink":
    case "merge-neighbour":
    case "fit-cell":
      runCellCommand(command, session, parts.hover(), parts.readRaw());
      break;
    case "smaller":
      if (isDraftTool(session.state.tool)) session.drafts.step(-1);
      else session.changeRadius(-1);
      break;
    case "larger":
      if (isDraftTool(session.state.tool)) session.drafts.step(1);
      else session.changeRadius(1);
      break;
    case "next-doubt":
      if (drawSpotAtPointer(session)) break;
      if (session.state.pointer === null) session.nextDoubtful();
      else pressAt(session.state.pointer, session);
      break;
    case "fix-doubt":
      session.review("fix");
      break;
    case "skip-doubt":
      session.review("skip");
      break;
    case "back-doubt":
      session.review("back");
      break;
    case "accept":
      if (session.gestureActive) session.finish();
      else if (!session.part.apply() && !session.drafts.apply()) parts.primary();
      break;
    case "undo":
      session.undo();
      break;
    case "redo":
      session.redo();
      break;
    case "outlines":
      look.set({ outlines: !look.get().outlines });
      break;
    case "labels":
      look.set({ labels: !look.get().labels });
      break;
    case "fit":
      view.fit();
      break;
    case "zoom-in":
      view.zoomBy(zoomStep);
      break;
    case "zoom-out":
      view.zoomBy(-zoomStep);
      break;
    case "select-all":
      session.selectAll();
      break;
    case "deselect":
      if (session.gestureActive) session.cancelGesture();
      else if (session.part.escape() || session.drafts.escape()) break;
      else if (session.state.pointer !== null) session.pointAt(null);
      else session.select([]);
      break;
    case "next-frame":
    case "previous-frame":
    case "next-slice":
    case "previous-slice":
      session.planes.stop();
      session.planes.step(command.endsWith("frame") ? "t" : "z", command.startsWith("next") ? 1 : -1);
      break;
    case "play":
      session.planes.toggle();
      break;
    case "track-mark":
    case "track-link":
    case "track-daughter":
    case "track-cut":
    case "track-swap":
    case "track-next":
    case "track-accept":
    case "track-fix":
    case "track-tails":
      runTrackCommand(command, session, parts.hover().uid);
      break;
    case "help":
      parts.toggleHelp();
      break;
    default:
      if (command.startsWith("type-")) namingOf(session).press(Number(command.slice("type-".length)));
  }
}
