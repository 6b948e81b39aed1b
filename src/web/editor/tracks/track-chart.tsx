/**
 * Tracks over time as a chart: frames across, one row a track with its gaps (strip), or lineages as trees.
 *
 * Only the rows in sight are drawn, so a movie of ten thousand tracks scrolls like one of ten. A click goes to that frame and
 * cell; what is selected on the image is marked here and brought into sight.
 */

import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import {
  type CellTrack,
  type CellTracks,
  type ChartLayout,
  type ChartRow,
  cellNear,
  relativesOf,
  rowsBetween,
} from "#core/cell-tracks/index.ts";
import { useWidth } from "../measure/use-width.ts";
import { useStore } from "../session/store.ts";
import { rowPx } from "./chart-scale.ts";
import { TrackLine } from "./track-line.tsx";
import type { TracksDesk } from "./tracks-desk.ts";
import { useChosen } from "./use-tracks.ts";

/** Room for the tracks' numbers. */
const gutterPx = 40;
/** A frame is at least this wide; longer movies scroll sideways. */
const frameMinPx = 2;
/** Rows drawn above and below those in sight: connectors of trees reach that far without jumping. */
const spareRows = 12;

export function TrackChart({
  desk,
  tracks,
  layout,
  label,
}: {
  desk: TracksDesk;
  tracks: CellTracks;
  layout: ChartLayout;
  label: string;
}): ReactNode {
  const { session } = desk;
  const plane = useStore(session.store, (state) => state.plane);
  const frames = useStore(session.store, (state) => state.planes.t);
  const chosen = useChosen(desk, tracks);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(240);
  const framePx = Math.max(frameMinPx, (Math.max(120, width) - gutterPx - 14) / frames);
  const xOf = (t: number): number => gutterPx + t * framePx;
  const relatives = useMemo(
    () => new Set(chosen.flatMap((index) => [...relativesOf(tracks.tracks, index)])),
    [chosen, tracks],
  );
  const rowOf = useMemo(() => new Map(layout.rows.map(({ track, row }) => [track, row])), [layout]);
  const shown = rowsBetween(layout.rows, top / rowPx - spareRows, (top + height) / rowPx + spareRows);

  const focus = chosen[0];
  useEffect(() => {
    const [element, row] = [scroller.current, focus === undefined ? undefined : rowOf.get(focus)];
    if (element === null) return;
    setHeight(element.clientHeight);
    if (row === undefined) return;
    const y = row * rowPx;
    const inSight = y >= element.scrollTop && y + rowPx <= element.scrollTop + element.clientHeight;
    if (!inSight) element.scrollTop = y - element.clientHeight / 2;
  }, [focus, rowOf]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null || element.scrollWidth <= element.clientWidth) return;
    const x = gutterPx + plane.t * framePx;
    if (x < element.scrollLeft + gutterPx || x > element.scrollLeft + element.clientWidth - 20)
      element.scrollLeft = x - element.clientWidth / 2;
  }, [plane.t, framePx]);

  const onClick = (event: MouseEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const t = Math.floor((event.clientX - box.left - gutterPx) / framePx);
    const track = trackAt(tracks.tracks, layout.rows, (event.clientY - box.top) / rowPx - 0.5, t);
    if (track === undefined) return;
    const { uid } = cellNear(track, Math.max(track.first, Math.min(track.last, t)));
    if (event.shiftKey) desk.mark(uid);
    desk.show(uid);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      session.planes.stop();
      session.planes.step("t", event.key === "ArrowRight" ? 1 : -1);
    } else if (step !== undefined) {
      const at = layout.rows.findIndex(({ track }) => track === focus);
      const next = layout.rows[at < 0 ? 0 : at + step];
      const track = next === undefined ? undefined : tracks.tracks[next.track];
      if (track !== undefined) desk.show(cellNear(track, plane.t).uid);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a chart that is walked with the arrows has no element of its own. */}
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart takes the arrow keys.
        tabIndex={0}
        role="group"
        aria-label={`${label}; arrows go through tracks and frames`}
        data-arrows
        data-testid="track-chart"
        className="relative min-h-40 flex-1 overflow-auto border-y border-line focus-visible:outline-2 focus-visible:-outline-offset-2"
        onScroll={(event) => {
          setTop(event.currentTarget.scrollTop);
          setHeight(event.currentTarget.clientHeight);
        }}
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the chart are those of the element around. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
        <div
          className="relative cursor-pointer"
          style={{ width: xOf(frames) + 8, height: Math.max(1, layout.rowCount) * rowPx }}
          onClick={onClick}
        >
          <svg
            aria-hidden="true"
            className="absolute inset-x-0"
            style={{ top: 0, width: xOf(frames) + 8, height: Math.max(1, layout.rowCount) * rowPx }}
          >
            {/* Below all rows: rows of a tree lie closer than they are high. */}
            {shown.map(({ track: index, row }) =>
              chosen.includes(index) ? (
                <rect
                  key={index}
                  x={0}
                  y={row * rowPx}
                  width="100%"
                  height={rowPx}
                  className="fill-accent-wash"
                />
              ) : null,
            )}
            {shown.map(({ track: index, row }) => {
              const track = tracks.tracks[index];
              return track === undefined ? null : (
                <TrackLine
                  key={index}
                  track={track}
                  row={row}
                  rowOf={(daughter) => rowOf.get(daughter)}
                  xOf={xOf}
                  framePx={framePx}
                  colour={session.model.colourOf(track.cells[0]?.uid ?? "")}
                  eventOf={(uid, side) => session.model.events.eventOf(uid, side)}
                  look={chosen.includes(index) ? "chosen" : relatives.has(index) ? "relative" : "other"}
                  quiet={chosen.length > 0}
                />
              );
            })}
            <rect
              x={xOf(plane.t)}
              y={0}
              width={Math.max(1.5, framePx)}
              height="100%"
              className="fill-accent"
              fillOpacity={framePx > 3 ? 0.22 : 0.7}
              data-testid="chart-frame"
            />
          </svg>
        </div>
      </div>
    </>
  );
}

/** The track at a place of the chart: of the nearest row, and there the one that is seen in the frame. */
function trackAt(
  tracks: readonly CellTrack[],
  rows: readonly ChartRow[],
  row: number,
  t: number,
): CellTrack | undefined {
  const near = rowsBetween(rows, row - 0.75, row + 0.75);
  const away = ({ track, row: own }: ChartRow): number => {
    const found = tracks[track] as CellTrack;
    const beside = t < found.first ? found.first - t : Math.max(0, t - found.last);
    return Math.abs(own - row) + 2 * Math.min(1, beside);
  };
  const [best] = near.toSorted((a, b) => away(a) - away(b));
  return best === undefined ? undefined : tracks[best.track];
}
