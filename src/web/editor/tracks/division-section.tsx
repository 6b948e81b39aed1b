/** The divisions of the movie: frame, parent, daughters, time between divisions; a click goes there; saved as CSV. */

import { type ReactNode, useMemo, useRef, useState } from "react";
import { type CellTracks, type DivisionRow, divisionsCsv, divisionsOf } from "#core/cell-tracks/index.ts";
import { Button, download, formatDuration, plural } from "../../ui/index.ts";
import type { TracksDesk } from "./tracks-desk.ts";

const rowPx = 26;
const spareRows = 8;

export function DivisionSection({
  desk,
  tracks,
  frameMs,
  fileStem,
}: {
  desk: TracksDesk;
  tracks: CellTracks;
  /** Milliseconds from frame to frame; null where nobody has said. */
  frameMs: number | null;
  fileStem: string;
}): ReactNode {
  const divisions = useMemo(() => divisionsOf(tracks.tracks), [tracks]);
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / rowPx) - spareRows);
  const seen = divisions.slice(first, first + 40 + 2 * spareRows);
  const name = (index: number): string => String(tracks.tracks[index]?.number ?? "new");
  const save = (): void => {
    const text = divisionsCsv(divisions, tracks.tracks, frameMs === null ? null : frameMs / 1000);
    download(new Blob([text], { type: "text/csv;charset=utf-8" }), `${fileStem}-divisions.csv`);
  };
  const cycle = ({ cycleFrames }: DivisionRow): string => {
    if (cycleFrames === null) return "–";
    return frameMs === null ? `${cycleFrames} frames` : formatDuration(cycleFrames * frameMs);
  };
  return (
    <>
      <div className="flex items-center gap-2 px-4 text-sm">
        <span className="mr-auto text-quiet" data-testid="division-count">
          {plural(divisions.length, "division")}
        </span>
        <Button size="small" disabled={divisions.length === 0} data-testid="divisions-csv" onClick={save}>
          Save CSV
        </Button>
      </div>
      <div
        ref={scroller}
        className="min-h-32 flex-1 overflow-y-auto border-y border-line"
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <table className="w-full table-fixed border-collapse text-sm" aria-rowcount={divisions.length}>
          <thead className="sticky top-0 bg-panel text-left text-xs text-quiet">
            <tr className="h-7">
              <th className="w-16 pl-4 font-normal">Frame</th>
              <th className="w-16 font-normal">Parent</th>
              <th className="font-normal">Daughters</th>
              <th className="pr-4 text-right font-normal">Since its birth</th>
            </tr>
          </thead>
          <tbody>
            <tr style={{ height: first * rowPx }} />
            {seen.map((division) => (
              <tr
                key={division.parent}
                data-testid="division"
                style={{ height: rowPx }}
                className="cursor-pointer hover:bg-hover"
                onClick={() => desk.show(division.uid)}
              >
                <td className="pl-4 tabular-nums">
                  <button
                    type="button"
                    aria-label={`${division.t + 1}: show the division of ${name(division.parent)}`}
                  >
                    {division.t + 1}
                  </button>
                </td>
                <td>{name(division.parent)}</td>
                <td className="truncate">{division.daughters.map(name).join(", ")}</td>
                <td className="pr-4 text-right tabular-nums">{cycle(division)}</td>
              </tr>
            ))}
            <tr style={{ height: Math.max(0, divisions.length - first - seen.length) * rowPx }} />
          </tbody>
        </table>
      </div>
    </>
  );
}
