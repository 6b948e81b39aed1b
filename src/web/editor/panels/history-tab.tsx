/** Who changed what, newest first. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { buttonClass, formatWhen, plural } from "../../ui/index.ts";
import { BranchChoice } from "../past/branch-choice.tsx";
import { CellEdits } from "../past/cell-edits.tsx";
import { LogLine } from "../past/log-line.tsx";
import { TimeSlider } from "../past/time-slider.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { kindText } from "./kind-text.ts";

/** More than anyone reads by scrolling; the log itself is complete on the server. */
const linesMax = 300;

export function HistoryTab({
  image,
  layer,
  session,
}: {
  image: ImageDetail;
  layer: LayerSummary;
  session: EditorSession;
}): ReactNode {
  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-4 py-2 text-sm">
        <BranchChoice layer={layer} />
        <Link
          to="/p/$projectId/i/$imageId/versions"
          params={{ projectId: image.projectId, imageId: image.id }}
          search={layer.branchOf === null ? {} : { layer: layer.id }}
          className={buttonClass("plain", "small")}
          data-testid="open-versions"
        >
          Versions
        </Link>
      </div>
      {layer.id !== "" && <TimeSlider session={session} />}
      <CellEdits layerId={layer.id} session={session} />
      <Lines session={session} />
    </>
  );
}

function Lines({ session }: { session: EditorSession }): ReactNode {
  const lines = useStore(session.store, (state) => state.history);
  const shown = useStore(session.past.store, (state) => state.seq);
  if (lines.length === 0) {
    return <p className="p-4 text-sm text-quiet">No edits yet. Every change will be listed here.</p>;
  }
  const now = Date.now();
  return (
    <ol className="min-h-0 flex-1 overflow-y-auto px-2 py-2 text-sm" data-testid="history">
      {lines.slice(0, linesMax).map((line) => (
        <li key={line.operationId} data-kind={line.kind}>
          <LogLine
            seq={line.seq}
            current={line.seq !== null && line.seq === shown}
            session={session}
            text={`${kindText(line.kind)} ${plural(line.cellCount, line.ofSpots ? "spot" : "cell")}`}
            who={line.who}
            struck={line.state === "refused"}
            when={
              line.state === "waiting"
                ? "saving"
                : line.state === "refused"
                  ? "not taken"
                  : formatWhen(line.at, now)
            }
          />
        </li>
      ))}
      {lines.length > linesMax && <li className="px-2 py-1 text-quiet">… and older ones</li>}
    </ol>
  );
}
