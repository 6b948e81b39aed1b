/** One line of the History tab, from an edit. */

import type { WireEdit } from "#api/index.ts";
import type { HistoryLine } from "./editor-state.ts";

export function lineOf(
  edit: WireEdit,
  who: string,
  whoKind: string,
  at: string,
  state: HistoryLine["state"],
): HistoryLine {
  const { operationId, kind, tool } = edit;
  return { operationId, kind, tool, who, whoKind, at, cellCount: edit.changes.length, state };
}
