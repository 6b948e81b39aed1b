/** What is doubted about the tracks, the most doubtful first; accept, fix and skip by key or button; linking again. */

import { Check } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { CellTracks, Suspicion } from "#core/cell-tracks/index.ts";
import { Button, classNames, formatCount, formatPercent, plural } from "../../ui/index.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { useStore } from "../session/store.ts";
import { commandWords, nameIn, suspicionWords } from "./track-words.ts";
import type { TracksDesk } from "./tracks-desk.ts";

const rowPx = 40;
const spareRows = 6;

export function CheckSection({ desk, tracks }: { desk: TracksDesk; tracks: CellTracks }): ReactNode {
  const { suspicions, current, progress, done } = useStore(desk.store, (state) => state.review);
  const readOnly = useStore(desk.session.store, (state) => state.readOnly);
  // Looking is asking, again after every edit.
  useEffect(() => {
    if (tracks.tracks.length > 0) desk.suspicions();
  }, [desk, tracks]);
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / rowPx) - spareRows);
  const seen = suspicions.slice(first, first + 40 + 2 * spareRows);
  return (
    <>
      <div className="flex flex-wrap items-center gap-1 px-4 text-sm">
        <span className="mr-auto text-quiet" data-testid="suspicion-count">
          {plural(suspicions.length, "doubt")}
          {progress !== null && `, ${formatCount(progress.done)} looked at`}
        </span>
        {readOnly === null && (
          <>
            <Button size="small" data-testid="suspicion-accept" onClick={() => desk.decide("accept")}>
              Right <KeyCap of="track-accept" short className="font-sans text-xs text-quiet" />
            </Button>
            <Button
              size="small"
              data-testid="suspicion-fix"
              disabled={current !== null && current.fixes.length === 0}
              onClick={() => desk.decide("fix")}
            >
              Fix <KeyCap of="track-fix" short className="font-sans text-xs text-quiet" />
            </Button>
          </>
        )}
        <Button size="small" data-testid="suspicion-next" onClick={() => desk.decide("skip")}>
          Next <KeyCap of="track-next" short className="font-sans text-xs text-quiet" />
        </Button>
      </div>
      {current !== null && readOnly === null && <Fixes desk={desk} tracks={tracks} current={current} />}
      {suspicions.length === 0 ? (
        <p className="px-4 text-sm text-quiet">
          {tracks.tracks.length === 0 ? "There are no tracks yet." : "Nothing is doubted about these tracks."}
        </p>
      ) : (
        <div
          ref={scroller}
          className="min-h-32 flex-1 overflow-y-auto border-y border-line"
          onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        >
          <ul style={{ paddingTop: first * rowPx, height: suspicions.length * rowPx }}>
            {seen.map((suspicion) => (
              <SuspicionRow
                key={suspicion.key}
                suspicion={suspicion}
                name={nameIn(tracks)(suspicion.uid)}
                isCurrent={suspicion.key === current?.key}
                isDone={done.has(suspicion.key)}
                onOpen={() => desk.look(suspicion)}
              />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function SuspicionRow({
  suspicion,
  name,
  isCurrent,
  isDone,
  onOpen,
}: {
  suspicion: Suspicion;
  name: string;
  isCurrent: boolean;
  isDone: boolean;
  onOpen: () => void;
}): ReactNode {
  const { subject, t, doubt, witnesses } = suspicion;
  return (
    <li style={{ height: rowPx }}>
      <button
        type="button"
        data-testid="suspicion"
        data-key={suspicion.key}
        aria-current={isCurrent}
        onClick={onOpen}
        className={classNames(
          "flex h-full w-full items-center gap-2 px-4 text-left text-sm",
          isCurrent ? "bg-accent-wash" : "hover:bg-hover",
        )}
      >
        <span className="w-9 shrink-0 text-right tabular-nums" title="Chance that something is wrong">
          {formatPercent(doubt)}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate">
            {subject.kind === "link" ? "Link of" : "Track"} {name}, frame {t + 1}
          </span>
          <span className="block truncate text-xs text-quiet">
            {witnesses.map(({ kind }) => suspicionWords[kind]).join(", ")}
          </span>
        </span>
        {isDone && <Check aria-label="looked at" className="size-3.5 shrink-0 text-good" />}
      </button>
    </li>
  );
}

/** Ready-made repairs of the one in view; the key takes the first. */
function Fixes({
  desk,
  tracks,
  current,
}: {
  desk: TracksDesk;
  tracks: CellTracks;
  current: Suspicion;
}): ReactNode {
  if (current.fixes.length === 0)
    return (
      <p className="px-4 text-xs text-quiet">
        No ready-made repair: mend it by hand, or say what happened to the cell.
      </p>
    );
  return (
    <div className="flex flex-wrap gap-1 px-4" data-testid="fixes">
      {current.fixes.slice(0, 4).map((fix) => (
        <Button key={JSON.stringify(fix)} size="small" onClick={() => desk.run(fix)}>
          {commandWords(fix, tracks)}
        </Button>
      ))}
    </div>
  );
}
