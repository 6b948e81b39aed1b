/** One line of the History tab, from an edit. */

import type { WireEdit } from "#api/index.ts";
import type { HistoryLine } from "./editor-state.ts";

export function lineOf(
  edit: WireEdit & { readonly seq?: number },
  who: string,
  whoKind: string,
  at: string,
  state: HistoryLine["state"],
): HistoryLine {
  const { operationId, kind, tool } = edit;
  const { seq = null, changes, types = [], spots = [] } = edit;
  const ofSpots = changes.length + types.length === 0 && spots.length > 0;
  const cellCount = ofSpots ? spots.length : Math.max(changes.length, types.length);
  return { operationId, seq, kind, tool, who, whoKind, at, cellCount, ofSpots, state };
}
