/**
 * All label layers of the image: which is edited, which lie on the screen, and how.
 *
 * The edited layer comes first. Any other can be shown below it, compared with it, or edited in its place.
 */

import { Eye, EyeOff, PenLine } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import type { LayerSummary } from "#api/index.ts";
import { Button, Choice, classNames, IconButton, ProblemText, plural } from "../../ui/index.ts";
import { differenceColours } from "../compare/difference-sheet.ts";
import { differenceText } from "../compare/difference-words.ts";
import { ErrorLegend, type JudgedCells } from "../errors/index.ts";
import { ShareSlider } from "../panels/range.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import {
  type ColourFacts,
  type Colouring,
  colouringOf,
  colourings,
  colouringTitles,
  type LegendLine,
  legendOf,
} from "./colour-by.ts";
import type { ShelfEntry } from "./layer-shelf.ts";
import { layerTitle, overlapText, truthText } from "./layer-words.ts";
import type { LayersDesk } from "./layers-desk.ts";
import { Swatch } from "./swatch.tsx";

export function LayersSection({
  desk,
  edited,
  judged,
  session,
  look,
  onEdit,
}: {
  desk: LayersDesk;
  /** What an evaluation says of the cells of the edited layer; null without one. */
  judged: JudgedCells | null;
  edited: LayerSummary;
  session: EditorSession;
  look: Store<Look>;
  /** Edits another layer instead. */
  onEdit: (layer: LayerSummary) => void;
}): ReactNode {
  const entries = useStore(desk.shelf.store, (state) => state.entries);
  const isShown = useStore(look, (state) => state.labels);
  const count = useStore(session.store, (state) => state.layerCellCount);
  return (
    <section aria-labelledby="label-layers-title" className="flex flex-col gap-2" data-testid="label-layers">
      <h3 id="label-layers-title" className="font-semibold">
        Label layers
      </h3>
      <ul className="flex flex-col gap-1 text-sm">
        <li className="flex items-center gap-2 rounded-md bg-hover px-1 py-1">
          <EyeButton
            isShown={isShown}
            title={layerTitle(edited)}
            onToggle={() => look.set({ labels: !isShown })}
          />
          <span className="min-w-0 flex-1 truncate" title={truthText(edited)}>
            {layerTitle(edited)}
            <OverlapNote layer={edited} />
          </span>
          <span className="text-xs text-quiet tabular-nums">{plural(count, "cell")}</span>
          <span className="inline-flex items-center gap-1 text-xs text-quiet">
            <PenLine aria-hidden="true" className="size-3" /> edited
          </span>
        </li>
        {entries.map((entry) => (
          <ShelfRow key={entry.layer.id} entry={entry} desk={desk} onEdit={onEdit} />
        ))}
      </ul>
      <ColourBy desk={desk} judged={judged} session={session} look={look} />
    </section>
  );
}

function ShelfRow({
  entry,
  desk,
  onEdit,
}: {
  entry: ShelfEntry;
  desk: LayersDesk;
  onEdit: (layer: LayerSummary) => void;
}): ReactNode {
  const { layer, look, phase, problem } = entry;
  const { id } = layer;
  const title = layerTitle(layer);
  const { shelf } = desk;
  return (
    <li className="flex flex-col rounded-md px-1 py-0.5" data-testid="shelf-row" data-phase={phase}>
      <div className="flex items-center gap-2">
        <EyeButton
          isShown={look.shown}
          title={title}
          onToggle={() => shelf.setLook(id, { shown: !look.shown })}
        />
        <span
          className={classNames("min-w-0 flex-1 wrap-anywhere", !look.shown && "text-quiet")}
          title={`${title}: ${truthText(layer)}`}
        >
          {title}
          <OverlapNote layer={layer} />
        </span>
        <span className="shrink-0 text-xs text-quiet tabular-nums">
          {phase === "reading" ? "reading …" : plural(layer.objectCount, "cell")}
        </span>
        <Button
          size="small"
          onClick={() => onEdit(layer)}
          aria-label={`Edit ${title}`}
          data-testid={`edit-layer-${layer.compartment}`}
        >
          Edit
        </Button>
      </div>
      {problem !== null && <ProblemText error={problem} />}
      {look.shown && phase === "ready" && (
        <div className="pl-8">
          <ShareSlider
            label="Fill"
            value={look.fillOpacity}
            onChange={(fillOpacity) => shelf.setLook(id, { fillOpacity })}
          />
          <ShareSlider
            label="Outline"
            value={look.outlineOpacity}
            onChange={(outlineOpacity) => shelf.setLook(id, { outlineOpacity })}
          />
        </div>
      )}
    </li>
  );
}

function OverlapNote({ layer }: { layer: LayerSummary }): ReactNode {
  if (!layer.overlapAllowed) return null;
  return <span className="block truncate text-xs text-quiet">{overlapText}</span>;
}

function EyeButton({
  isShown,
  title,
  onToggle,
}: {
  isShown: boolean;
  title: string;
  onToggle: () => void;
}): ReactNode {
  const Icon = isShown ? Eye : EyeOff;
  return (
    <IconButton label={`${isShown ? "Hide" : "Show"} ${title}`} onClick={onToggle} aria-pressed={isShown}>
      <Icon aria-hidden="true" className="size-4" />
    </IconButton>
  );
}

function linesOf(colouring: Colouring, compared: string): readonly LegendLine[] {
  if (colouring === "errors") return [];
  if (colouring !== "differences") return legendOf[colouring];
  return (["onlyFirst", "split", "merged", "moved"] as const).map((kind) => ({
    text: differenceText(kind, compared),
    colour: differenceColours[kind],
  }));
}

/** By what the cells of the edited layer are coloured, with its legend. */
function ColourBy({
  desk,
  judged,
  session,
  look,
}: {
  desk: LayersDesk;
  judged: JudgedCells | null;
  session: EditorSession;
  look: Store<Look>;
}): ReactNode {
  const colouring = useStore(look, (state) => state.colouring);
  const isOther = useStore(look, (state) => state.cellColour !== null && state.colouring === "cells");
  const frames = useStore(session.store, (state) => state.planes.t);
  const compared = useStore(desk.compare.store, (state) => state.with);
  const comparison = useStore(desk.compare.store, (state) => state.comparison);
  const isGone =
    (colouring === "differences" && compared === null) || (colouring === "errors" && judged === null);
  const facts = (): ColourFacts => ({
    kinds: desk.compare.kindsOfCells(),
    classes: judged?.classes ?? new Map(),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what an edit reaches is coloured with it; comparison stands for what else colours depend on.
  useEffect(() => {
    if (colouring === "cells") return;
    if (isGone) look.set({ colouring: "cells", cellColour: null });
    else look.set({ cellColour: colouringOf(colouring, session.model, facts()) });
  }, [colouring, isGone, comparison, look, session, desk, judged]);
  const items = colourings
    .filter(
      (one) =>
        (one !== "tracks" || frames > 1) &&
        (one !== "differences" || compared !== null) &&
        (one !== "errors" || judged !== null),
    )
    .map((one) => ({ value: one, label: colouringTitles[one] }));
  const choose = (next: string): void => {
    const wanted = next as Colouring;
    look.set({
      colouring: wanted,
      cellColour: colouringOf(wanted, session.model, facts()),
    });
  };
  const lines = linesOf(colouring, compared?.title ?? "");
  return (
    <>
      <Choice
        label="Colours"
        items={items}
        value={isOther ? null : colouring}
        placeholder="By a measurement"
        onChange={choose}
      />
      {lines.length > 0 && (
        <ul className="flex flex-col gap-0.5 text-xs text-quiet" aria-label="Legend">
          {lines.map(({ text, colour }) => (
            <li key={text} className="flex items-center gap-2">
              <Swatch colour={colour} /> {text}
            </li>
          ))}
        </ul>
      )}
      {colouring === "errors" && judged !== null && <ErrorLegend judged={judged} session={session} />}
    </>
  );
}
