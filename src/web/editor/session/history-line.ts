/** One line of the History tab, from an edit. */

import type { WireEdit } from "#api/index.ts";
import type { HistoryLine } from "./editor-state.ts";

export function lineOf(
  edit: WireEdit & { readonly seq?: number; readonly born?: number | undefined },
  who: string,
  whoKind: string,
  at: string,
  state: HistoryLine["state"],
): HistoryLine {
  const { operationId, kind, tool } = edit;
  const { seq = null, changes, spots = [], types = [], accepts = [], origins = [], events = [] } = edit;
  // An acceptance or a link changes no shape, and is about cells all the same.
  const told = [changes, types, accepts, origins, events].map(({ length }) => length);
  const cells = Math.max(edit.born ?? 0, ...told);
  const ofSpots = cells === 0 && spots.length > 0;
  const cellCount = ofSpots ? spots.length : cells;
  return { operationId, seq, kind, tool, who, whoKind, at, cellCount, ofSpots, state };
}
