/** Edits the server did not take: each with its reason, until a person tries it again or throws it away. */

import type { ReactNode } from "react";
import { Button, plural } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { kindText } from "./kind-text.ts";

export function RefusedEdits({ session }: { session: EditorSession }): ReactNode {
  const refused = useStore(session.store, (state) => state.sync.refused);
  if (refused.length === 0) return null;
  return (
    <section
      aria-label="Edits not taken"
      data-testid="refused-edits"
      className="rounded-md bg-warn-wash p-3 text-sm"
    >
      <h3 className="font-semibold">{plural(refused.length, "edit")} set aside</h3>
      <ul className="mt-2 flex max-h-48 flex-col gap-3 overflow-y-auto">
        {refused.map((entry) => (
          <li key={entry.operationId}>
            <p>
              {kindText(entry.edit.kind)}, {plural(entry.edit.changes.length, "cell")}:{" "}
              <span className="text-quiet">{entry.refusal?.message}</span>
            </p>
            <div className="mt-1 flex gap-2">
              <Button size="small" onClick={() => void session.saving.retryRefused(entry)}>
                Try again
              </Button>
              <Button
                size="small"
                look="quiet"
                onClick={() => void session.saving.discardRefused(entry.operationId)}
              >
                Discard
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
