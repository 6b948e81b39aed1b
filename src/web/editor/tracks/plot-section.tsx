/** What was measured of the chosen tracks over time: lines, one a track, with breaks where the cell was not seen. */

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import {
  type CellTrack,
  type CellTracks,
  relativesOf,
  speedsOf,
  speedUnit,
  type TrackSeries,
  trackSeries,
  trackSeriesCsv,
} from "#core/cell-tracks/index.ts";
import { columnNamed, type MeasureTable } from "#core/measure/index.ts";
import { Button, download, Problem, ProgressBar, plural } from "../../ui/index.ts";
import { FeatureSelect } from "../measure/feature-select.tsx";
import { featureGroups, featureName } from "../measure/feature-words.ts";
import { PlotAxes, plotPlaces } from "../measure/plot-frame.tsx";
import { extentOf } from "../measure/plot-scale.ts";
import { useWidth } from "../measure/use-width.ts";
import { useStore } from "../session/store.ts";
import type { SeriesDesk } from "./series-desk.ts";
import type { TracksDesk } from "./tracks-desk.ts";
import { useChosen } from "./use-tracks.ts";

/** More lines than this cannot be told apart. */
const linesMax = 24;
const plotHeight = 240;

interface Shown {
  readonly name: string;
  readonly series: readonly TrackSeries[];
}

export function PlotSection({
  desk,
  series,
  tracks,
  channels,
  frameMs,
  fileStem,
}: {
  desk: TracksDesk;
  series: SeriesDesk;
  tracks: CellTracks;
  channels: readonly string[];
  frameMs: number | null;
  fileStem: string;
}): ReactNode {
  const { session } = desk;
  const { phase, share, error, table } = useStore(series.store, (state) => state);
  const chosen = useChosen(desk, tracks);
  const [withRelatives, setWithRelatives] = useState(false);
  const [feature, setFeature] = useState("area");
  const shown = useMemo(() => {
    const indexes = withRelatives
      ? [...new Set(chosen.flatMap((index) => [...relativesOf(tracks.tracks, index)]))].sort((a, b) => a - b)
      : chosen;
    return indexes.slice(0, linesMax).map((index) => tracks.tracks[index] as CellTrack);
  }, [chosen, tracks, withRelatives]);
  const units = { mpp: session.mpp, frameS: frameMs === null ? null : frameMs / 1000 };
  const own = feature === "speed" || feature === "area";
  useEffect(() => {
    if (!own && shown.length > 0) series.measure(shown);
  }, [own, shown, series]);
  const plotted = plot(feature, shown, table, units);
  const save = (): void => {
    const text = trackSeriesCsv(shown, tracks.tracks, phase === "ready" ? table : null, units);
    download(new Blob([text], { type: "text/csv;charset=utf-8" }), `${fileStem}-tracks.csv`);
  };
  const speed = speedUnit(units);
  const groups = useMemo(() => choices(table, channels, speed), [table, channels, speed]);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto px-4 pb-3 text-sm">
      <div className="flex items-end gap-2">
        <FeatureSelect label="Over time" groups={groups} value={feature} onChange={setFeature} />
        <Button size="small" disabled={shown.length === 0} data-testid="tracks-csv" onClick={save}>
          Save CSV
        </Button>
      </div>
      {table === null && shown.length > 0 && (
        <Button
          size="small"
          look="quiet"
          className="self-start"
          data-testid="measure-tracks"
          onClick={() => series.measure(shown)}
        >
          Measure shape and light of {plural(shown.length, "track")}
        </Button>
      )}
      <label className="inline-flex items-center gap-1.5">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={withRelatives}
          onChange={(event) => setWithRelatives(event.currentTarget.checked)}
        />
        With parents and daughters
      </label>
      {phase === "working" && !own && <ProgressBar label="Measuring" fraction={share} />}
      {phase === "failed" && !own && <Problem error={error} onRetry={() => series.measure(shown)} />}
      {shown.length === 0 ? (
        <p className="text-quiet">Select cells on the image or tracks in the chart; their lines come here.</p>
      ) : (
        <LinePlot desk={desk} shown={plotted} />
      )}
    </div>
  );
}

/** Features without pixels first, then the columns of the table. */
function choices(table: MeasureTable | null, channels: readonly string[], speed: string) {
  const column = (key: string, title: string, unit: "" | "px") =>
    ({ key, title, unit, group: "shape", whole: false, values: new Float64Array() }) as const;
  const simple = [column("area", "Area, pixels", ""), column("speed", `Speed, ${speed}`, "")];
  const measured = table === null ? [] : featureGroups(table, channels);
  return [{ group: "tracks", title: "Tracks", columns: simple }, ...measured];
}

function plot(
  feature: string,
  shown: readonly CellTrack[],
  table: MeasureTable | null,
  units: Parameters<typeof speedsOf>[1],
): Shown {
  if (feature === "area")
    return { name: "Area, px", series: shown.map((track) => trackSeries(track, ({ area }) => area)) };
  if (feature === "speed") {
    const series = shown.map((track) => {
      const speeds = speedsOf(track, units);
      return trackSeries(track, ({ uid }) => speeds.get(uid) ?? Number.NaN);
    });
    return { name: `Speed, ${speedUnit(units)}`, series };
  }
  const column = table === null ? undefined : columnNamed(table, feature);
  if (table === null || column === undefined) return { name: "", series: [] };
  const rowOf = new Map(table.ids.map((uid, row) => [uid, row]));
  const measuredOf = (uid: string): number => column.values[rowOf.get(uid) ?? -1] ?? Number.NaN;
  return {
    name: featureName(column),
    series: shown.map((track) => trackSeries(track, ({ uid }) => measuredOf(uid))),
  };
}

function LinePlot({ desk, shown }: { desk: TracksDesk; shown: Shown }): ReactNode {
  const { session } = desk;
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const plane = useStore(session.store, (state) => state.plane);
  const size = { width: Math.max(160, width), height: plotHeight };
  const points = shown.series.flatMap((one) => one.points);
  const values = Float64Array.from(points, ({ value }) => value);
  const y = extentOf(values, [...values.keys()]);
  const last = points.reduce((most, { t }) => Math.max(most, t), 1);
  const first = points.reduce((least, { t }) => Math.min(least, t), last - 1);
  const x = { from: first + 1, to: last + 1 };
  const places = y === null ? null : plotPlaces(size, x, y);
  return (
    <div ref={element}>
      {places === null || y === null ? (
        <p className="text-quiet">No values yet.</p>
      ) : (
        <svg
          width={size.width}
          height={size.height}
          role="img"
          aria-label={`${shown.name} over frames, ${plural(shown.series.length, "track")}`}
          data-testid="track-plot"
          className="block"
        >
          <PlotAxes size={size} x={x} y={y} xName="Frame" yName={shown.name} />
          {plane.t + 1 >= x.from && plane.t + 1 <= x.to && (
            <path
              d={`M${places.x(plane.t + 1)} ${places.y(y.to)}V${places.y(y.from)}`}
              className="stroke-accent"
              strokeWidth={1}
            />
          )}
          {shown.series.map(({ track, points: line }) => (
            <g
              key={track.index}
              data-testid="track-series"
              data-track={track.number ?? "new"}
              data-points={line.length}
            >
              <path
                d={pathOf(line, places)}
                fill="none"
                stroke={`rgb(${session.model.colourOf(track.cells[0]?.uid ?? "").join(" ")})`}
                strokeWidth={1.75}
                strokeLinejoin="round"
              />
              {line.map(({ t, uid, value }) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: the chart above is the way there by keys.
                <circle
                  key={uid}
                  cx={places.x(t + 1)}
                  cy={places.y(value)}
                  r={t === plane.t ? 4 : 2.5}
                  fill={`rgb(${session.model.colourOf(uid).join(" ")})`}
                  stroke="black"
                  strokeOpacity={0.4}
                  className="cursor-pointer"
                  onClick={() => desk.show(uid)}
                >
                  <title>
                    {`Track ${track.number ?? "new"}, frame ${t + 1}: ${Number(value.toPrecision(5))}`}
                  </title>
                </circle>
              ))}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

/** A line through neighbouring frames; a gap breaks it. */
function pathOf(
  points: TrackSeries["points"],
  places: { readonly x: (value: number) => number; readonly y: (value: number) => number },
): string {
  return points
    .map(({ t, value }, k) => {
      const joins = points[k - 1]?.t === t - 1;
      return `${joins ? "L" : "M"}${places.x(t + 1).toFixed(1)} ${places.y(value).toFixed(1)}`;
    })
    .join("");
}
