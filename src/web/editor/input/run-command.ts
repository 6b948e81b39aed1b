/** What each command does to the editor. */

import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import type { Store } from "../session/store.ts";
import type { ViewController } from "../view/view-controller.ts";
import type { Command } from "./keys.ts";

export interface CommandParts {
  readonly session: EditorSession;
  readonly view: ViewController;
  readonly look: Store<Look>;
  /** Cell under the pointer. */
  readonly hovered: () => string | undefined;
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
    case "split":
      session.setTool(command);
      break;
    case "new-cell":
      session.armNewCell();
      break;
    case "merge":
      session.merge();
      break;
    case "delete":
      session.deleteSelected(parts.hovered());
      break;
    case "fill":
      session.fillSelected(parts.hovered());
      break;
    case "smaller":
      session.changeRadius(-1);
      break;
    case "larger":
      session.changeRadius(1);
      break;
    case "next-doubt":
      session.nextDoubtful();
      break;
    case "accept":
      parts.primary();
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
    case "deselect":
      if (session.gestureActive) session.cancelGesture();
      else session.select([]);
      break;
    case "help":
      parts.toggleHelp();
      break;
  }
}
