/**
 * Edits the server did not take: each with its reason until a person decides.
 *
 * Where someone else changed the same cell the three sides are drawn beside each other, and each cell is decided alone:
 * mine, theirs, or both as two cells. What is thrown away can be brought back as long as the page is open.
 */

import { type ReactNode, useState } from "react";
import { Button, plural } from "../../ui/index.ts";
import type { ConflictChoice, EditConflict } from "../model/conflict.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { JournalEntry } from "../sync/journal.ts";
import { ConflictPicture } from "./conflict-picture.tsx";
import { kindText } from "./kind-text.ts";

export function RefusedEdits({ session }: { session: EditorSession }): ReactNode {
  const refused = useStore(session.store, (state) => state.sync.refused);
  const thrown = useStore(session.saving.setAside.store, (state) => state.thrown);
  const last = thrown[0];
  if (refused.length === 0 && last === undefined) return null;
  return (
    <section
      aria-label="Edits not taken"
      data-testid="refused-edits"
      data-count={refused.length}
      className="rounded-md bg-warn-wash p-3 text-sm"
    >
      {refused.length > 0 && <h3 className="font-semibold">{plural(refused.length, "edit")} set aside</h3>}
      <ul className="mt-2 flex max-h-80 flex-col gap-3 overflow-y-auto">
        {refused.map((entry) => (
          <RefusedEdit key={entry.operationId} session={session} entry={entry} />
        ))}
      </ul>
      {last !== undefined && (
        <p className="flex items-center gap-2 text-quiet">
          <span className="min-w-0 flex-1">{plural(thrown.length, "edit")} thrown away.</span>
          <Button
            size="small"
            look="quiet"
            data-testid="bring-back-refused"
            onClick={() => void session.saving.setAside.bringBack(last)}
          >
            Bring back
          </Button>
        </p>
      )}
    </section>
  );
}

function RefusedEdit({ session, entry }: { session: EditorSession; entry: JournalEntry }): ReactNode {
  const { setAside } = session.saving;
  // The sides follow what others do meanwhile.
  useStore(session.store, (state) => state.version);
  const [choices, setChoices] = useState<ReadonlyMap<string, ConflictChoice>>(new Map());
  const conflicts = setAside.conflictsOf(entry);
  const open = conflicts.filter(({ id }) => !choices.has(id)).length;
  const choose = (id: string, choice: ConflictChoice): void => {
    const decided = new Map([...choices, [id, choice]]);
    setChoices(decided);
    if (conflicts.every((conflict) => decided.has(conflict.id))) void setAside.settle(entry, decided);
  };
  return (
    <li data-testid="refused-edit">
      <p>
        {kindText(entry.edit.kind)}, {plural(entry.edit.changes.length, "cell")}:{" "}
        <span className="text-quiet">{entry.refusal?.message}</span>
      </p>
      {conflicts
        .filter(({ id }) => !choices.has(id))
        .slice(0, shownMax)
        .map((conflict) => (
          <Conflict key={conflict.id} session={session} conflict={conflict} choose={choose} />
        ))}
      {open > shownMax && <p className="mt-1 text-quiet">… and {plural(open - shownMax, "more cell")}</p>}
      <div className="mt-1 flex flex-wrap gap-2">
        {conflicts.length === 0 && (
          <Button size="small" data-testid="refused-again" onClick={() => void setAside.again(entry)}>
            Try again
          </Button>
        )}
        {conflicts.length > 1 && (
          <Button size="small" onClick={() => void setAside.again(entry)}>
            Mine for all
          </Button>
        )}
        <Button
          size="small"
          look="quiet"
          data-testid="refused-discard"
          onClick={() => void setAside.discard(entry)}
        >
          Discard
        </Button>
      </div>
    </li>
  );
}

/** One is decided after the other; more at once only hide each other. */
const shownMax = 3;

const words: Readonly<Record<EditConflict["kind"], string>> = {
  changed: "Someone else changed this cell too.",
  removed: "One of you deleted what the other changed.",
  overlap: "Your cell and someone else's lie on each other.",
};

function Conflict({
  session,
  conflict,
  choose,
}: {
  session: EditorSession;
  conflict: EditConflict;
  choose: (id: string, choice: ConflictChoice) => void;
}): ReactNode {
  const { id, kind, before, mine, theirs } = conflict;
  const place = [...theirs, ...mine, ...before][0];
  const show = (): void => {
    if (place !== undefined) session.lookAt(place);
  };
  return (
    <div data-testid="conflict" data-kind={kind} className="mt-2 rounded-md border border-line bg-panel p-2">
      <button type="button" className="text-left underline-offset-2 hover:underline" onClick={show}>
        {words[kind]}
      </button>
      <div className="mt-1 flex gap-2">
        <ConflictPicture caption="Before" conflict={conflict} side="before" />
        <ConflictPicture caption="Mine" conflict={conflict} side="mine" />
        <ConflictPicture caption="Theirs" conflict={conflict} side="theirs" />
      </div>
      <div className="mt-2 flex flex-wrap gap-1">
        <Button size="small" data-testid="keep-mine" onClick={() => choose(id, "mine")}>
          {mine.length === 0 ? "Delete it" : "Mine"}
        </Button>
        <Button size="small" data-testid="keep-theirs" onClick={() => choose(id, "theirs")}>
          {theirs.length === 0 ? "Leave it deleted" : "Theirs"}
        </Button>
        {mine.length > 0 && theirs.length > 0 && (
          <Button size="small" data-testid="keep-both" onClick={() => choose(id, "both")}>
            Both, as two cells
          </Button>
        )}
      </div>
    </div>
  );
}
