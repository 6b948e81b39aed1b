/** The track that is chosen, in words, and what can be done with it; what the last command changed, before and after. */

import { type ReactNode, useState } from "react";
import type { CellTrack, CellTracks } from "#core/cell-tracks/index.ts";
import { type EventKind, eventKinds, sideOfEvent } from "#core/edits/index.ts";
import { Button } from "../../ui/index.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { useStore } from "../session/store.ts";
import { runTrackCommand } from "./run-track-command.ts";
import type { TrackCommand } from "./track-keys.ts";
import { eventWords } from "./track-words.ts";
import type { TracksDesk } from "./tracks-desk.ts";
import { useChosen } from "./use-tracks.ts";

export function TrackActions({ desk, tracks }: { desk: TracksDesk; tracks: CellTracks }): ReactNode {
  const { session } = desk;
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const marked = useStore(desk.store, (state) => state.marked);
  const chosen = useChosen(desk, tracks);
  const track = chosen.length === 1 ? tracks.tracks[chosen[0] as number] : undefined;
  return (
    <section aria-label="Chosen track" className="flex flex-col gap-2 px-4 text-sm">
      <p data-testid="track-facts" aria-live="polite" className="min-h-10">
        {track === undefined ? (
          <span className="text-quiet">
            {chosen.length === 0
              ? "Select a cell on the image or a track below."
              : `${chosen.length} tracks are chosen.`}
          </span>
        ) : (
          <TrackFacts desk={desk} tracks={tracks} track={track} />
        )}
      </p>
      {readOnly === null && (
        <>
          <div className="flex flex-wrap gap-1">
            <Do desk={desk} command="track-mark" text={marked === null ? "Mark" : "Mark anew"} />
            <Do desk={desk} command="track-link" text="Same cell" off={marked === null} />
            <Do desk={desk} command="track-daughter" text="Daughter" off={marked === null} />
            <Do desk={desk} command="track-cut" text="Cut" />
            <Do desk={desk} command="track-swap" text="Swap" />
          </div>
          <div className="flex min-h-6 flex-wrap items-center gap-1">
            {track !== undefined && <MoreActions desk={desk} track={track} />}
          </div>
        </>
      )}
      <div className="flex items-center justify-between gap-2">
        <Tails desk={desk} />
        {readOnly === null && <KeepTracks desk={desk} />}
      </div>
      <Marked desk={desk} tracks={tracks} />
      <Last desk={desk} />
    </section>
  );
}

function TrackFacts({
  desk,
  tracks,
  track,
}: {
  desk: TracksDesk;
  tracks: CellTracks;
  track: CellTrack;
}): ReactNode {
  const { events } = desk.session.model;
  const name = (index: number): string => String(tracks.tracks[index]?.number ?? "new");
  const missing = track.last - track.first + 1 - track.cells.length;
  const marks = [
    events.eventOf(track.cells[0]?.uid ?? "", "start"),
    events.eventOf(track.cells.at(-1)?.uid ?? "", "end"),
  ].filter((event) => event !== null);
  return (
    <>
      <strong className="font-semibold">Track {track.number ?? "new"}</strong>, frames {track.first + 1} to{" "}
      {track.last + 1}
      {missing > 0 && `, not seen in ${missing}`}
      {track.parent >= 0 && `, daughter of\u00a0${name(track.parent)}`}
      {track.daughters.length > 0 && `, divides into ${track.daughters.map(name).join(" and ")}`}
      {marks.map(({ kind }) => (
        <span key={kind}>, {eventWords[kind].toLowerCase()}</span>
      ))}
    </>
  );
}

function Do({
  desk,
  command,
  text,
  off = false,
}: {
  desk: TracksDesk;
  command: TrackCommand;
  text: string;
  off?: boolean;
}): ReactNode {
  return (
    <Button
      size="small"
      disabled={off}
      data-testid={command}
      onClick={() => runTrackCommand(command, desk.session)}
    >
      {text} <KeyCap of={command} short className="font-sans text-xs text-quiet" />
    </Button>
  );
}

/** What concerns the cell in this frame, or the ends of its track. */
function MoreActions({ desk, track }: { desk: TracksDesk; track: CellTrack }): ReactNode {
  const { session } = desk;
  const selection = useStore(session.store, (state) => state.selection);
  const [here] = selection;
  const [first, last] = [track.cells[0], track.cells.at(-1)];
  return (
    <>
      {track.parent >= 0 && first !== undefined && (
        <Button
          size="small"
          data-testid="track-no-daughter"
          onClick={() => desk.run({ type: "removeDaughter", uid: first.uid })}
        >
          No daughter
        </Button>
      )}
      <Button
        size="small"
        disabled={here === undefined || (here === last?.uid && track.daughters.length === 0)}
        data-testid="track-end"
        onClick={() => here !== undefined && desk.run({ type: "end", uid: here })}
      >
        End here
      </Button>
      <EventChoice desk={desk} track={track} />
    </>
  );
}

const noEvent = "none";

/** What happened at the ends of the track. A fusion leads into the marked cell. */
function EventChoice({ desk, track }: { desk: TracksDesk; track: CellTrack }): ReactNode {
  const marked = useStore(desk.store, (state) => state.marked);
  const { events } = desk.session.model;
  const [first, last] = [track.cells[0]?.uid ?? "", track.cells.at(-1)?.uid ?? ""];
  const start = events.eventOf(first, "start");
  const end = events.eventOf(last, "end");
  const choose = (value: string): void => {
    if (value === noEvent) {
      if (end !== null) desk.setEvent(last, "end", null);
      else if (start !== null) desk.setEvent(first, "start", null);
      return;
    }
    const kind = value as EventKind;
    if (kind === "fusion") {
      if (marked === null) desk.session.note("Mark the cell it fuses into, in a later frame, first.");
      else desk.setEvent(last, "end", kind, marked);
    } else desk.setEvent(sideOfEvent(kind) === "start" ? first : last, sideOfEvent(kind), kind);
  };
  return (
    <select
      aria-label="What happens to the cell"
      data-testid="track-event"
      className="h-6 rounded-md border border-edge bg-raised px-1 text-sm"
      value={end?.kind ?? start?.kind ?? noEvent}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value={noEvent}>No event</option>
      {eventKinds.map((kind) => (
        <option key={kind} value={kind}>
          {eventWords[kind]}
        </option>
      ))}
    </select>
  );
}

function Tails({ desk }: { desk: TracksDesk }): ReactNode {
  const { tails, tailFrames } = useStore(desk.store, (state) => state);
  return (
    <span
      className="inline-flex items-center gap-1.5"
      title="Ways of the cells over the last frames, on the image"
    >
      <label className="inline-flex items-center gap-1.5">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          data-testid="tails"
          checked={tails}
          onChange={(event) => desk.store.set({ tails: event.currentTarget.checked })}
        />
        Draw last
      </label>
      <select
        aria-label="Frames that are drawn back"
        className="h-6 rounded-md border border-edge bg-raised px-1 text-sm"
        value={tailFrames}
        disabled={!tails}
        onChange={(event) => desk.store.set({ tailFrames: Number(event.currentTarget.value) })}
      >
        {[5, 10, 20, 50].map((count) => (
          <option key={count} value={count}>
            {count}
          </option>
        ))}
      </select>
    </span>
  );
}

function KeepTracks({ desk }: { desk: TracksDesk }): ReactNode {
  const [keeps, setKeeps] = useState(desk.session.keepsTracks);
  return (
    <label
      className="inline-flex items-center gap-1.5"
      title="Split, merge and draw link the cells to the tracks around, in the same step."
    >
      <input
        type="checkbox"
        className="size-3.5 accent-accent"
        data-testid="keep-tracks"
        checked={keeps}
        onChange={(event) => {
          desk.session.setKeepsTracks(event.currentTarget.checked);
          setKeeps(event.currentTarget.checked);
        }}
      />
      Link what I draw
    </label>
  );
}

function Marked({ desk, tracks }: { desk: TracksDesk; tracks: CellTracks }): ReactNode {
  const marked = useStore(desk.store, (state) => state.marked);
  const cell = marked === null ? undefined : tracks.cellOf(marked);
  if (cell === undefined) return null;
  return (
    <p className="flex items-center gap-2" data-testid="marked-cell">
      <span>
        Marked: <strong className="font-semibold">{tracks.trackOf(cell.uid)?.number ?? "new"}</strong>, frame{" "}
        {cell.t + 1}
      </span>
      <Button size="small" look="quiet" onClick={() => desk.show(cell.uid)}>
        Show
      </Button>
      <Button size="small" look="quiet" onClick={() => desk.mark(null)}>
        Unmark
      </Button>
    </p>
  );
}

/** More lines than this say nothing more. */
const linesMax = 4;

function Last({ desk }: { desk: TracksDesk }): ReactNode {
  const last = useStore(desk.store, (state) => state.last);
  const newest = useStore(desk.session.store, (state) => state.history[0]?.operationId);
  if (last === null || last.operationId !== newest) return null;
  return (
    <div className="rounded-md bg-sunken p-2 text-xs" data-testid="last-change">
      {last.words.slice(0, linesMax).map(({ cell, before, after }) => (
        <p key={cell}>
          Cell {cell}: <s className="text-quiet">{before}</s> → {after}
        </p>
      ))}
      {last.words.length > linesMax && <p>and {last.words.length - linesMax} more</p>}
      <Button size="small" look="quiet" data-testid="last-undo" onClick={() => desk.session.undo()}>
        Take back <KeyCap of="undo" short className="font-sans text-xs text-quiet" />
      </Button>
    </div>
  );
}
