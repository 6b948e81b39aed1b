/** What the selected cells are: each term with how many have it and how it came there, and conflicts to resolve. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { type TypeOrigin, typeConflicts, unknownType } from "#core/cell-types/index.ts";
import { Button, formatCount, plural } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { namingOf } from "./naming.ts";
import type { UsedTypes } from "./use-types.ts";

const originWords: Readonly<Record<TypeOrigin, string>> = {
  person: "",
  import: "imported",
  rule: "proposed by a rule",
  model: "proposed by a model",
  split: "from the cell before the split",
  merge: "from merged cells",
};

interface Held {
  count: number;
  readonly origins: Set<TypeOrigin>;
}

export function SelectedTypes({ session, types }: { session: EditorSession; types: UsedTypes }): ReactNode {
  // Reads the model, whose content `version` stands for.
  useStore(session.store, (state) => state.version);
  const selection = useStore(session.store, (state) => state.selection);
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const naming = namingOf(session);
  const held = new Map<string, Held>();
  let notLooked = 0;
  for (const uid of selection) {
    const own = session.model.typesOf(uid);
    if (own === null) notLooked++;
    for (const { term, by } of own ?? []) {
      const known = held.get(term) ?? { count: 0, origins: new Set<TypeOrigin>() };
      known.count++;
      known.origins.add(by);
      held.set(term, known);
    }
  }
  const conflicts =
    selection.length === 1 ? typeConflicts(session.model.typesOf(selection[0] as string), types.terms) : [];
  return (
    <div className="flex flex-col gap-1 text-sm" data-testid="selected-types">
      <p className="text-quiet">
        {plural(selection.length, "cell")} selected
        {notLooked > 0 && `, ${formatCount(notLooked)} not looked at`}
      </p>
      <ul>
        {[...held].map(([term, { count, origins }]) => (
          <li key={term} className="flex items-center gap-2">
            <span className="min-w-0 flex-1">
              {types.terms.nameOf(term)}
              <span className="text-xs text-quiet">
                {" "}
                {term === unknownType ? "" : term}
                {selection.length > 1 && `, ${formatCount(count)}`}
                {[...origins]
                  .map((by) => originWords[by])
                  .filter((word) => word !== "")
                  .map((word) => `, ${word}`)}
              </span>
            </span>
            {readOnly === null && (
              <button
                type="button"
                aria-label={`Remove ${types.terms.nameOf(term)}`}
                className="grid size-6 place-items-center rounded-md hover:bg-hover"
                onClick={() => naming.remove(term)}
              >
                <X aria-hidden="true" className="size-3.5" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {conflicts.map(([one, other]) => (
        <div key={`${one} ${other}`} role="alert" className="flex flex-col gap-1 rounded-md bg-warn-wash p-2">
          <p>
            This cell was merged from a {types.terms.nameOf(one)} and a {types.terms.nameOf(other)}. Which is
            it?
          </p>
          <div className="flex flex-wrap gap-1">
            {[one, other].map((term) => (
              <Button key={term} size="small" onClick={() => naming.keepOnly(term)}>
                {types.terms.nameOf(term)}
              </Button>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
