/** "Saved", "Saving 3 edits", "Offline: 12 edits kept on this computer": quiet, and true. */

import { CircleAlert, CircleCheck, CloudOff, RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
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
  const unkept = status.unkept !== null && status.waiting > 0;
  const warning = useKeepingWarning(session, status);
  return (
    <div className="flex min-h-6 flex-wrap items-center gap-x-2 text-sm">
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
        <Button size="small" look="quiet" onClick={() => session.saving.retryNow()}>
          Try now
        </Button>
      )}
      {status.state === "blocked" && problem !== null && (
        <p className="w-full text-quiet">{problem.message}</p>
      )}
      {(bad || unkept) && warning !== null && <p className="w-full text-quiet">{warning}</p>}
    </div>
  );
}

/** What endangers edits that wait on this computer; null when nothing does. Asks before the page is left with such. */
function useKeepingWarning(session: EditorSession, { waiting, unkept }: SyncStatus): string | null {
  const never = useStore(session.store, (state) => state.volatile);
  const volatile = never ?? unkept?.message ?? null;
  const [persisted, setPersisted] = useState(true);
  useEffect(() => {
    // Absent on plain HTTP to another host: then the browser makes no promise either.
    void (navigator.storage?.persisted?.() ?? Promise.resolve(false)).then(setPersisted);
  }, []);
  const atRisk = volatile !== null && waiting > 0;
  useEffect(() => {
    if (!atRisk) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [atRisk]);
  if (volatile !== null) return `${volatile} Keep this page open until they are saved.`;
  return persisted ? null : "The browser may clear them if its disk runs full.";
}
