/** The edits of the selected cell: who made it what it is, and the image as it was after each. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { keys, pastApi } from "../../client/index.ts";
import { formatWhen, plural } from "../../ui/index.ts";
import { kindText } from "../panels/kind-text.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { LogLine } from "./log-line.tsx";

export function CellEdits({ layerId, session }: { layerId: string; session: EditorSession }): ReactNode {
  const selection = useStore(session.store, (state) => state.selection);
  const shown = useStore(session.past.store, (state) => state.seq);
  const seq = useStore(session.store, (state) => state.seq);
  const uid = selection.length === 1 ? selection[0] : undefined;
  const saved = uid !== undefined && session.model.knownOf(uid)?.label !== null;
  const edits = useQuery({
    queryKey: keys.layerVersions(layerId, "cell", { uid, seq }),
    queryFn: ({ signal }) => pastApi.cellEdits(layerId, uid ?? "", { signal }),
    enabled: saved && layerId !== "",
    placeholderData: (before) => before,
  });
  if (!saved || edits.data === undefined) return null;
  const now = Date.now();
  return (
    <section
      aria-label="This cell"
      className="border-b border-line px-2 py-2 text-sm"
      data-testid="cell-edits"
    >
      <h3 className="px-2 font-semibold">
        Cell {session.model.cells.get(uid ?? "")?.number ?? ""}: {plural(edits.data.edits.length, "edit")}
      </h3>
      <ol className="max-h-40 overflow-y-auto">
        {edits.data.edits.map((edit) => (
          <li key={edit.operationId}>
            <LogLine
              seq={edit.seq}
              current={edit.seq === shown}
              session={session}
              text={edit.born ? `${kindText(edit.kind)}: made` : kindText(edit.kind)}
              who={edit.agent.name}
              when={formatWhen(edit.at, now)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
