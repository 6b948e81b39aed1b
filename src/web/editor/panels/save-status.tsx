/** "Saved", "Saving 3 edits", "Offline: 12 edits kept on this computer": quiet, and true. */

import { CircleAlert, CircleCheck, CloudOff, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button, classNames, plural } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { SyncStatus } from "../sync/queue.ts";

/** The sentence for a state of saving. */
export function saveText(status: SyncStatus): string {
  const edits = plural(status.waiting, "edit");
  if (status.state === "saved") return "Saved";
  if (status.state === "saving") return `Saving ${edits}`;
  if (status.state === "offline") return `Offline: ${edits} kept on this computer`;
  return `Not saved: ${edits} kept on this computer`;
}

const icons = { saved: CircleCheck, saving: RefreshCw, offline: CloudOff, blocked: CircleAlert };

export function SaveStatus({ session }: { session: EditorSession }): ReactNode {
  const status = useStore(session.store, (state) => state.sync);
  const Icon = icons[status.state];
  const bad = status.state === "offline" || status.state === "blocked";
  const problem = status.problem;
  return (
    <div className="flex min-h-6 items-center gap-2 text-sm">
      <span
        role="status"
        data-testid="save-status"
        className={classNames("inline-flex items-center gap-1.5", bad ? "text-warn" : "text-quiet")}
        title={problem === null ? undefined : [problem.message, problem.hint].filter(Boolean).join(" ")}
      >
        <Icon aria-hidden="true" className="size-3.5 shrink-0" />
        {saveText(status)}
      </span>
      {bad && (
        <Button size="small" look="quiet" onClick={() => session.retrySaving()}>
          Try now
        </Button>
      )}
      {status.state === "blocked" && problem !== null && (
        <span className="truncate text-quiet">{problem.message}</span>
      )}
    </div>
  );
}
