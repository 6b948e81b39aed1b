/** Keeps the address in step with view and selection, and opens the cell it names. */

import { useEffect } from "react";
import type { ViewController } from "../view/view-controller.ts";
import { readAddress, writeAddress } from "./address.ts";
import type { EditorSession } from "./editor-session.ts";

/** Written when the view has come to rest: browsers refuse more than about 100 changes of the address in 30 s. */
const restMs = 400;

/**
 * Changes the address without telling the router, which would match its routes again at every pan. It reads the real
 * address when it needs it.
 */
function replaceAddress(address: string): void {
  History.prototype.replaceState.call(window.history, window.history.state, "", address);
}

export function useAddress(session: EditorSession, view: ViewController): void {
  useEffect(() => {
    const { cell, view: start, plane } = readAddress(window.location.search);
    session.planes.goTo({ t: plane.t ?? session.state.wanted.t, z: plane.z ?? session.state.wanted.z });
    if (cell !== null && session.model.has(cell)) {
      if (start === null || !session.model.cells.has(cell)) session.showCell(cell);
      else session.select([cell]);
    }
    const path = window.location.pathname;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      // The person may have gone to another page while the timer ran.
      if (window.location.pathname !== path) return;
      const { selection, planes, wanted } = session.state;
      const search = writeAddress(window.location.search, {
        // A fitted image is fitted to the other one's screen too.
        view: view.fitted ? null : view.view,
        cell: selection.length === 1 ? (selection[0] as string) : null,
        plane: { t: planes.t > 1 ? wanted.t : null, z: planes.z > 1 ? wanted.z : null },
      });
      if (search !== window.location.search) replaceAddress(path + search);
    };
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(write, restMs);
    };
    const stops = [view.subscribe(later), session.store.subscribe(later)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [session, view]);
}
