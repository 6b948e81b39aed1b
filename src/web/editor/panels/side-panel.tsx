/** The panel at the right: what to do next, whether it is saved, and three tabs. */

import { Tabs } from "@base-ui/react/tabs";
import { Lock } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { DetailsButton } from "../../metadata/details-button.tsx";
import { Button, classNames, StatusMark } from "../../ui/index.ts";
import type { Command } from "../input/keys.ts";
import { ModelTab } from "../learn/model-tab.tsx";
import { MeasurePanel } from "../measure/index.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import { type Tour, TourCard } from "../tour/index.ts";
import { TracksPanel } from "../tracks/index.tsx";
import { CellsPanel, TypeColouring } from "../types/index.ts";
import { HistoryTab } from "./history-tab.tsx";
import { LayersTab } from "./layers-tab.tsx";
import { ModelPicker, type Primary, PrimaryButton } from "./primary-button.tsx";
import { RefusedEdits } from "./refused-edits.tsx";
import { ReviewRate } from "./review-line.tsx";
import { SaveStatus } from "./save-status.tsx";

const tabClass =
  "h-9 flex-1 border-b-2 border-transparent px-0.5 text-sm whitespace-nowrap text-quiet select-none hover:text-ink data-active:border-accent data-active:text-ink";
const panelClass = "flex min-h-0 flex-1 flex-col outline-hidden";

export function SidePanel({
  image,
  layer,
  session,
  look,
  primary,
  umPerPx,
  tour,
  people,
  layers,
  onCommand,
}: {
  image: ImageDetail;
  layer: LayerSummary;
  session: EditorSession;
  look: Store<Look>;
  primary: Primary;
  umPerPx: number | null;
  tour: Tour;
  /** Who else is here. */
  people: ReactNode;
  /** What speaks of several label layers, for the Layers tab. */
  layers: ReactNode;
  onCommand: (command: Command) => void;
}): ReactNode {
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const refused = useStore(session.store, (state) => state.sync.refused.length);
  const [tab, setTab] = useState("layers");
  const [wide, setWide] = useState(false);
  const isMovie = useStore(session.store, (state) => state.planes.t > 1);
  const edited = image.status === "accepted" && primary.action === "accept";
  return (
    <aside
      aria-label="Image"
      className={classNames(
        "flex shrink-0 flex-col border-l border-line bg-panel",
        wide && (tab === "measure" || tab === "tracks") ? "w-128" : "w-76",
      )}
    >
      <div className="flex flex-col gap-3 border-b border-line p-4 pb-3">
        <div className="flex items-center justify-between gap-2 text-sm">
          <h2 className="min-w-0 truncate font-semibold" title={image.name}>
            {image.name}
          </h2>
          <span className="ml-auto shrink-0 text-quiet">
            {edited ? "edited since accepted" : <StatusMark status={image.status} />}
          </span>
          <DetailsButton imageId={image.id} />
        </div>
        {readOnly === null ? null : (
          <p data-testid="read-only" className="flex items-start gap-2 rounded-md bg-warn-wash p-2 text-sm">
            <Lock aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            {readOnly}
          </p>
        )}
        <PrimaryButton image={image} primary={primary} />
        {readOnly === null && (
          <div className="flex items-start gap-2">
            <SaveStatus session={session} />
            <ReviewRate session={session} />
          </div>
        )}
        <RefusedEdits session={session} />
        {people}
      </div>
      <TypeColouring image={image} session={session} look={look} />
      <Tabs.Root value={tab} onValueChange={setTab} className="flex min-h-0 flex-1 flex-col">
        <Tabs.List className="flex shrink-0 border-b border-line px-1" aria-label="Panels">
          <Tabs.Tab value="layers" className={tabClass} data-testid="tab-layers">
            Layers
          </Tabs.Tab>
          <Tabs.Tab value="cells" className={tabClass} data-testid="tab-cells">
            Cells
          </Tabs.Tab>
          <Tabs.Tab value="measure" className={tabClass} data-testid="tab-measure">
            Measure
          </Tabs.Tab>
          <Tabs.Tab value="model" className={tabClass} data-testid="tab-model">
            Model
          </Tabs.Tab>
          {isMovie && (
            <Tabs.Tab value="tracks" className={tabClass} data-testid="tab-tracks">
              Tracks
            </Tabs.Tab>
          )}
          <Tabs.Tab value="history" className={tabClass} data-testid="tab-history">
            History
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="layers" className={classNames(panelClass, "overflow-y-auto")}>
          <LayersTab image={image} session={session} look={look} layers={layers}>
            {primary.action !== "propose" && primary.action !== "proposing" && readOnly === null && (
              <ProposeAgain primary={primary} />
            )}
          </LayersTab>
        </Tabs.Panel>
        <Tabs.Panel value="cells" className={panelClass}>
          <CellsPanel image={image} session={session} umPerPx={umPerPx} />
        </Tabs.Panel>
        <Tabs.Panel value="measure" className={classNames(panelClass, "overflow-y-auto")}>
          <MeasurePanel
            session={session}
            image={image}
            layer={layer}
            look={look}
            wide={wide}
            onWide={setWide}
          />
        </Tabs.Panel>
        <Tabs.Panel value="model" className={classNames(panelClass, "overflow-y-auto")}>
          <ModelTab image={image} session={session} primary={primary} onCommand={onCommand} />
        </Tabs.Panel>
        {isMovie && (
          <Tabs.Panel value="tracks" className={panelClass}>
            <TracksPanel session={session} image={image} layer={layer} wide={wide} onWide={setWide} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="history" className={panelClass}>
          <HistoryTab image={image} layer={layer} session={session} />
        </Tabs.Panel>
      </Tabs.Root>
      {/* Who has to decide about an edit needs the room, and is no newcomer for the moment. */}
      {readOnly === null && refused === 0 && <TourCard tour={tour} session={session} />}
    </aside>
  );
}

function ProposeAgain({ primary }: { primary: Primary }): ReactNode {
  if (primary.models.items.length === 0) return null;
  return (
    <section aria-labelledby="propose-title" className="flex flex-col gap-2">
      <h3 id="propose-title" className="font-semibold">
        Propose again
      </h3>
      <p className="text-sm text-quiet">
        Replaces untouched proposals. Cells that a person drew or corrected stay.
      </p>
      <ModelPicker models={primary.models} />
      <Button onClick={primary.propose} busy={primary.busy} data-testid="propose-again">
        Propose
      </Button>
    </section>
  );
}
