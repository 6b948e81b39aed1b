/** Spots in the Layers tab: kinds with colours and counts, drawing by hand, finding by threshold, tables in and out. */

import type { ReactNode } from "react";
import type { ImageDetail } from "#api/index.ts";
import { countSpots, spotKindLengthMax } from "#core/spots/index.ts";
import { Button, formatCount } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { FindSpots } from "./find-spots.tsx";
import type { SpotDesk } from "./spot-desk.ts";
import { spotDeskOf } from "./spot-desk-of.ts";
import { SpotFiles } from "./spot-files.tsx";

export function SpotsSection({ image, session }: { image: ImageDetail; session: EditorSession }): ReactNode {
  const desk = spotDeskOf(session, image);
  // Reads the model, whose content `version` stands for.
  useStore(session.store, (state) => state.version);
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const { editing, shown, kind } = useStore(desk.store, (state) => state);
  const count = session.model.beside.spots.size;
  if (count === 0 && readOnly !== null) return null;
  return (
    <section aria-labelledby="spots-title" className="flex flex-col gap-3" data-testid="spots">
      <div className="flex items-center gap-2">
        <h3 id="spots-title" className="font-semibold">
          Spots
        </h3>
        <span className="text-sm text-quiet" data-testid="spot-count">
          {count === 0 ? "" : formatCount(count)}
        </span>
        {count > 0 && (
          <label className="ml-auto inline-flex items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              className="size-3.5 accent-accent"
              checked={shown}
              onChange={(event) => desk.store.set({ shown: event.currentTarget.checked })}
            />
            Shown
          </label>
        )}
      </div>
      <Kinds desk={desk} session={session} />
      {readOnly === null && (
        <>
          <div className="flex gap-2">
            <input
              aria-label="Kind or gene of new spots"
              className="control min-w-0 flex-1"
              placeholder="Kind or gene, such as ACTB"
              maxLength={spotKindLengthMax}
              value={kind}
              onChange={(event) => desk.store.set({ kind: event.currentTarget.value.trimStart() })}
              onBlur={(event) => desk.store.set({ kind: event.currentTarget.value.trim() })}
            />
            <Button
              size="small"
              look={editing ? "primary" : "plain"}
              aria-pressed={editing}
              data-testid="spots-edit"
              onClick={() => desk.store.set({ editing: !editing })}
            >
              Draw
            </Button>
          </div>
          {editing && (
            <p className="text-xs text-quiet">
              A click draws a spot, a drag moves one, Shift and a click deletes it. With the keyboard: point
              by the arrows, Space draws.
            </p>
          )}
          <SelectedSpot desk={desk} session={session} />
          <FindSpots image={image} session={session} desk={desk} />
        </>
      )}
      <SpotFiles image={image} session={session} desk={desk} />
    </section>
  );
}

/** Kinds on this plane, with how many lie in cells. */
function Kinds({ desk, session }: { desk: SpotDesk; session: EditorSession }): ReactNode {
  const plane = useStore(session.store, (state) => state.plane);
  const { hidden, distance } = useStore(desk.store, (state) => state);
  if (desk.kinds.length === 0)
    return <p className="text-sm text-quiet">No spots yet: draw them, find them, or read a table.</p>;
  const cells = desk.cellsOf(plane);
  const counts = countSpots(
    desk.spotsAt(plane).map(({ uid, kind }) => ({ kind, cell: cells.get(uid) ?? null })),
    desk.kinds,
  );
  const inCells = counts.kinds.map((_, i) =>
    [...counts.byCell.values()].reduce((sum, own) => sum + (own[i] ?? 0), 0),
  );
  return (
    <>
      <ul aria-label="Kinds of spots" className="flex flex-col text-sm">
        {counts.kinds.map((kind, i) => (
          <li key={kind}>
            <label className="flex items-center gap-2 rounded-md px-1 py-0.5 hover:bg-hover">
              <input
                type="checkbox"
                className="size-3.5 accent-accent"
                checked={!hidden.has(kind)}
                onChange={(event) => {
                  const next = new Set(hidden);
                  if (event.currentTarget.checked) next.delete(kind);
                  else next.add(kind);
                  desk.store.set({ hidden: next });
                }}
              />
              <span
                aria-hidden="true"
                className="size-2.5 rounded-full"
                style={{ background: `rgb(${desk.colourOf(kind).join(" ")})` }}
              />
              <span className="min-w-0 flex-1 truncate">{kind}</span>
              <span className="text-quiet tabular-nums">
                {formatCount(inCells[i] ?? 0)} in cells, {formatCount(counts.unassigned[i] ?? 0)} outside
              </span>
            </label>
          </li>
        ))}
      </ul>
      <label className="inline-flex items-center gap-2 text-sm">
        Nearest cell within
        <input
          type="number"
          min={0}
          step="any"
          className="control w-20"
          value={distance}
          onChange={({ currentTarget: { valueAsNumber } }) => {
            if (valueAsNumber >= 0) desk.store.set({ distance: valueAsNumber });
          }}
        />
        {session.mpp === null ? "px" : "µm"}
      </label>
    </>
  );
}

function SelectedSpot({ desk, session }: { desk: SpotDesk; session: EditorSession }): ReactNode {
  const { selected } = useStore(desk.store, (state) => state);
  const selection = useStore(session.store, (state) => state.selection);
  const plane = useStore(session.store, (state) => state.plane);
  const spot = selected === null ? undefined : session.model.beside.spots.get(selected);
  if (selected === null || spot === undefined) return null;
  const uid = desk.cellsOf(plane).get(selected) ?? null;
  const number = uid === null ? undefined : session.model.cells.get(uid)?.number;
  const [cell] = selection;
  return (
    <div
      className="flex flex-col gap-1 rounded-md border border-line p-2 text-sm"
      data-testid="selected-spot"
    >
      <p>
        {spot.kind}, {uid === null ? "in no cell" : `in cell ${number ?? "new"}`}
        <span className="text-quiet">{spot.cell === null ? ", computed" : ", said by hand"}</span>
      </p>
      <div className="flex flex-wrap gap-1">
        {cell !== undefined && selection.length === 1 && cell !== uid && (
          <Button size="small" onClick={() => desk.assign([selected], cell)}>
            To the selected cell
          </Button>
        )}
        {uid !== null && (
          <Button size="small" look="quiet" onClick={() => desk.assign([selected], "")}>
            To no cell
          </Button>
        )}
        {spot.cell !== null && (
          <Button size="small" look="quiet" onClick={() => desk.assign([selected], null)}>
            Compute
          </Button>
        )}
        <Button size="small" look="quiet" onClick={() => desk.remove([selected])}>
          Delete
        </Button>
      </div>
    </div>
  );
}
