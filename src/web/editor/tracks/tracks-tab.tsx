/** The Tracks tab of a movie: the chosen track and what can be done with it, and below it five ways to look at them. */

import { Film, Maximize2, Minimize2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { LayerSummary } from "#api/index.ts";
import { type CellTracks, layRows, layTree } from "#core/cell-tracks/index.ts";
import { classNames, formatCount, IconButton, plural } from "../../ui/index.ts";
import { CheckSection } from "./check-section.tsx";
import { DivisionSection } from "./division-section.tsx";
import { FilmSheet } from "./film-sheet.tsx";
import { PlotSection } from "./plot-section.tsx";
import type { SeriesDesk } from "./series-desk.ts";
import { SolveAgain } from "./solve-again.tsx";
import { TrackActions } from "./track-actions.tsx";
import { TrackChart } from "./track-chart.tsx";
import type { TracksDesk } from "./tracks-desk.ts";
import { useTracks } from "./use-tracks.ts";

const sections = [
  ["strip", "Tracks"],
  ["tree", "Tree"],
  ["check", "Check"],
  ["plots", "Plots"],
  ["divisions", "Divisions"],
] as const;
type Section = (typeof sections)[number][0];

export interface TracksTabProps {
  readonly desk: TracksDesk;
  readonly series: SeriesDesk;
  readonly layer: LayerSummary;
  readonly channels: readonly string[];
  readonly frameMs: number | null;
  readonly fileStem: string;
  readonly wide: boolean;
  readonly onWide: (wide: boolean) => void;
}

export function TracksTab(props: TracksTabProps): ReactNode {
  const { desk, series, layer, wide, onWide } = props;
  const tracks = useTracks(desk);
  const [section, setSection] = useState<Section>("strip");
  const [filming, setFilming] = useState(false);
  const linked = desk.session.model.origins.size > 0;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto py-3" data-testid="tracks">
      <div className="flex items-center gap-2 px-4 text-sm">
        <span className="text-quiet" data-testid="track-count">
          {linked
            ? `${plural(tracks.tracks.length, "track")}, ${formatCount(divisionCount(tracks))} divide`
            : "The cells are not linked over time yet."}
        </span>
        <span className="ml-auto flex items-center gap-1">
          {linked && (
            <IconButton
              label="Film of the tracks"
              className="size-6!"
              data-testid="tracks-film"
              onClick={() => setFilming(true)}
            >
              <Film className="size-3.5" />
            </IconButton>
          )}
          <IconButton
            label={wide ? "Narrow panel" : "Wide panel"}
            className="size-6!"
            aria-pressed={wide}
            onClick={() => onWide(!wide)}
          >
            {wide ? <Minimize2 className="size-3.5" /> : <Maximize2 className="size-3.5" />}
          </IconButton>
        </span>
      </div>
      <SolveAgain desk={desk} layer={layer} />
      <TrackActions desk={desk} tracks={tracks} />
      <fieldset aria-label="How to look at the tracks" className="flex gap-1 border-t border-line px-4 pt-2">
        {sections.map(([name, title]) => (
          <button
            key={name}
            type="button"
            aria-pressed={section === name}
            data-testid={`tracks-${name}`}
            onClick={() => setSection(name)}
            className={classNames(
              "h-6 rounded-md px-1.5 text-sm select-none",
              section === name ? "bg-accent-wash text-ink" : "text-quiet hover:bg-hover hover:text-ink",
            )}
          >
            {title}
          </button>
        ))}
      </fieldset>
      <FilmSheet {...props} session={desk.session} open={filming} onClose={() => setFilming(false)} />
      {section === "strip" && <Strip desk={desk} tracks={tracks} />}
      {section === "tree" && <Tree desk={desk} tracks={tracks} />}
      {section === "check" && <CheckSection desk={desk} tracks={tracks} />}
      {section === "plots" && <PlotSection {...props} desk={desk} series={series} tracks={tracks} />}
      {section === "divisions" && <DivisionSection {...props} tracks={tracks} />}
    </div>
  );
}

const divisionCount = ({ tracks }: CellTracks): number =>
  tracks.filter(({ daughters }) => daughters.length > 0).length;

const orders = {
  beginning: "by beginning",
  longest: "longest first",
  number: "by number",
} as const;
type Order = keyof typeof orders;

function Strip({ desk, tracks }: { desk: TracksDesk; tracks: CellTracks }): ReactNode {
  const [order, setOrder] = useState<Order>("beginning");
  const layout = useMemo(() => {
    if (order === "beginning") return layRows(tracks.tracks);
    if (order === "longest")
      return layRows(tracks.tracks, (a, b) => b.cells.length - a.cells.length || a.index - b.index);
    return layRows(
      tracks.tracks,
      (a, b) => (a.number ?? Infinity) - (b.number ?? Infinity) || a.index - b.index,
    );
  }, [tracks, order]);
  return (
    <>
      <select
        aria-label="Order of the tracks"
        className="mx-4 h-6 self-start rounded-md border border-edge bg-raised px-1 text-sm"
        value={order}
        onChange={(event) => setOrder(event.currentTarget.value as Order)}
      >
        {Object.entries(orders).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <TrackChart desk={desk} tracks={tracks} layout={layout} label="Tracks over time" />
    </>
  );
}

function Tree({ desk, tracks }: { desk: TracksDesk; tracks: CellTracks }): ReactNode {
  const [onlyDividing, setOnlyDividing] = useState(false);
  const layout = useMemo(
    () => layTree(tracks.tracks, (root) => !onlyDividing || root.daughters.length > 0),
    [tracks, onlyDividing],
  );
  return (
    <>
      <label className="mx-4 inline-flex items-center gap-1.5 text-sm">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={onlyDividing}
          onChange={(event) => setOnlyDividing(event.currentTarget.checked)}
        />
        Only cells that divide
      </label>
      <TrackChart desk={desk} tracks={tracks} layout={layout} label="Lineage trees" />
    </>
  );
}
