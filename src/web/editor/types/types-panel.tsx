/** Types of the cells on the screen: what the selected ones are, and the legend with counts that colours and selects. */

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { isOfType, needsLook, termsOf, unknownType } from "#core/cell-types/index.ts";
import { TermBox } from "../../metadata/term-box.tsx";
import { Button, classNames, formatCount, plural } from "../../ui/index.ts";
import { LegendRow } from "../panels/legend-row.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { namingOf } from "./naming.ts";
import { SelectedTypes } from "./selected-types.tsx";
import { notLookedColour, unknownColour } from "./type-colours.ts";
import type { UsedTypes } from "./use-types.ts";

export function TypesPanel({
  session,
  types,
  onPanel,
}: {
  session: EditorSession;
  types: UsedTypes;
  /** Opens the project's list of types and markers. */
  onPanel: () => void;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const { counts } = types;
  const named = counts.own.size;
  return (
    <section aria-label="Types of cells" className="border-b border-line">
      <button
        type="button"
        aria-expanded={open}
        data-testid="types-open"
        className="flex w-full items-center gap-1 px-4 py-2 text-left text-sm hover:bg-hover"
        onClick={() => setOpen(!open)}
      >
        <ChevronRight aria-hidden="true" className={classNames("size-3.5 shrink-0", open && "rotate-90")} />
        <span className="font-semibold">Types</span>
        <span className="ml-auto text-quiet">
          {named === 0 ? "none named yet" : plural(named, "type")}
          {counts.waiting > 0 && `, ${formatCount(counts.waiting)} to look at`}
        </span>
      </button>
      {open && (
        <div className="flex max-h-[45vh] flex-col gap-3 overflow-y-auto px-4 pb-3">
          <Assign session={session} types={types} />
          <Legend session={session} types={types} />
          <Button size="small" look="quiet" onClick={onPanel} data-testid="open-panel">
            Types and markers of this project
          </Button>
        </div>
      )}
    </section>
  );
}

function Assign({ session, types }: { session: EditorSession; types: UsedTypes }): ReactNode {
  const naming = namingOf(session);
  const selection = useStore(session.store, (state) => state.selection);
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const planes = useStore(session.store, (state) => state.planes);
  const { keys, wholeTrack } = useStore(naming.store, (state) => state);
  const [text, setText] = useState("");
  if (selection.length === 0)
    return (
      <p className="text-sm text-quiet">
        Select cells to say what they are: a click, a row of the legend, or a gate in the Measure tab.
      </p>
    );
  return (
    <div className="flex flex-col gap-2">
      <SelectedTypes session={session} types={types} />
      {readOnly === null && (
        <>
          <TermBox
            field="cellType"
            label="Type of the selected cells"
            placeholder="Search a type, such as T cell"
            value={text}
            onChange={setText}
            onPick={(hit) => {
              naming.add(hit.curie, hit.label);
              setText("");
            }}
          />
          {keys.length > 0 && (
            <fieldset className="flex flex-wrap gap-1" aria-label="Types on the number keys">
              {keys.map((term, i) => (
                <Button
                  key={term}
                  size="small"
                  onClick={() => naming.press(i + 1)}
                  data-testid={`type-key-${i + 1}`}
                >
                  <kbd className="font-sans text-xs text-quiet">{i + 1}</kbd> {types.terms.nameOf(term)}
                </Button>
              ))}
            </fieldset>
          )}
          <div className="flex flex-wrap gap-1">
            <Button size="small" look="quiet" onClick={() => naming.confirm()} data-testid="type-confirm">
              Right so
            </Button>
            <Button size="small" look="quiet" onClick={() => naming.unknown()} data-testid="type-unknown">
              Unknown type
            </Button>
            <Button size="small" look="quiet" onClick={() => naming.clear()} data-testid="type-clear">
              Clear
            </Button>
          </div>
          {planes.t > 1 && (
            <label className="inline-flex items-center gap-1.5 text-sm">
              <input
                type="checkbox"
                className="size-3.5 accent-accent"
                checked={wholeTrack}
                onChange={(event) => naming.store.set({ wholeTrack: event.currentTarget.checked })}
              />
              In all frames of the track
            </label>
          )}
        </>
      )}
    </div>
  );
}

function Legend({ session, types }: { session: EditorSession; types: UsedTypes }): ReactNode {
  const naming = namingOf(session);
  const coloured = useStore(naming.store, (state) => state.coloured);
  const { counts, colours, terms, panel } = types;
  const shown = [...new Set([...panel.types.map(({ term }) => term), ...counts.own.keys()])];
  const select = (wanted: (uid: string) => boolean, more: boolean): void => {
    const found = [...session.model.cells.keys()].filter(wanted);
    session.select(more ? [...new Set([...session.state.selection, ...found])] : found);
  };
  const typesOf = (uid: string) => session.model.typesOf(uid);
  return (
    <div className="flex flex-col gap-1">
      <label className="inline-flex items-center gap-1.5 text-sm">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={coloured}
          data-testid="types-coloured"
          onChange={(event) => naming.store.set({ coloured: event.currentTarget.checked })}
        />
        Colour cells by type
      </label>
      <ul aria-label="Legend of types" data-testid="types-legend">
        {shown.map((term) => (
          <LegendRow
            key={term}
            name={terms.nameOf(term)}
            title={term}
            colour={colours.get(term) ?? unknownColour}
            count={counts.under.get(term) ?? 0}
            onSelect={(more) => select((uid) => isOfType(typesOf(uid), term, terms.ancestors), more)}
          />
        ))}
        <LegendRow
          name="Unknown type"
          title="Looked at, and nobody could tell"
          colour={unknownColour}
          count={counts.unknown}
          onSelect={(more) => select((uid) => typesOf(uid)?.[0]?.term === unknownType, more)}
        />
        <LegendRow
          name="Not looked at"
          title="Nobody has said what these are"
          colour={notLookedColour}
          count={counts.notLooked}
          onSelect={(more) => select((uid) => typesOf(uid) === null, more)}
        />
        {counts.waiting > 0 && (
          <LegendRow
            name="To look at"
            title="Proposed by a rule, or taken over in a split or merge"
            colour={null}
            count={counts.waiting}
            onSelect={(more) =>
              select((uid) => needsLook(typesOf(uid)) && termsOf(typesOf(uid)).length > 0, more)
            }
          />
        )}
      </ul>
    </div>
  );
}
