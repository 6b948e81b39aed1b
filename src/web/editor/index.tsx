/**
 * The image page: look, correct, accept.
 *
 * Loaded by the router when an image is opened, with the viewer and everything it needs; no other page pays for it.
 */

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { imageZarrUrl, useImage, useMember } from "../client/index.ts";
import { Bone, Loading, Problem } from "../ui/index.ts";
import { ComparePane, type Picture } from "./compare/compare-pane.tsx";
import { CompareSection } from "./compare/compare-section.tsx";
import { useJudgedCells } from "./errors/index.ts";
import { createKeys } from "./input/key-keeper.ts";
import type { Command } from "./input/keys.ts";
import { KeysProvider } from "./input/keys-context.tsx";
import { runCommand } from "./input/run-command.ts";
import { useKeys } from "./input/use-keys.ts";
import { LayersSection } from "./layers/layers-section.tsx";
import { NewLayer } from "./layers/new-layer.tsx";
import { mayLeaveLayer } from "./layers/switch-layer.ts";
import { useLayersDesk } from "./layers/use-layers-desk.ts";
import { useModelOfParts } from "./learn/model-tab.tsx";
import { PeopleList } from "./live/people-list.tsx";
import { PeopleMarks } from "./live/people-marks.tsx";
import { useLiveLayer } from "./live/use-live-layer.ts";
import { NestingSection } from "./nesting/nesting-section.tsx";
import { DraftPanel } from "./panels/draft-panel.tsx";
import { KeyHelp } from "./panels/key-help.tsx";
import { usePrimary } from "./panels/primary-button.tsx";
import { SidePanel } from "./panels/side-panel.tsx";
import { Timeline } from "./panels/timeline.tsx";
import { ToolRail } from "./panels/tool-rail.tsx";
import { PartPanel } from "./part/part-panel.tsx";
import { type ImageAhead, openAhead } from "./pixels/image-ahead.ts";
import { fetchFrom, openImage } from "./pixels/open-image.ts";
import { usePrompter } from "./prompt/use-prompter.ts";
import { readAddress } from "./session/address.ts";
import { cellsDigest } from "./session/cells-digest.ts";
import type { EditorSession } from "./session/editor-session.ts";
import { type Hover, noHover } from "./session/hover.ts";
import { createLook, type Look } from "./session/look.ts";
import { Store, useStore } from "./session/store.ts";
import { useAddress } from "./session/use-address.ts";
import { browserStorage, useEditor } from "./session/use-editor.ts";
import { useFreshFacts } from "./session/use-fresh-facts.ts";
import { Surface, type SurfaceHandle } from "./surface.tsx";
import { Tour } from "./tour/index.ts";
import { Wayfinding } from "./view/minimap-view.tsx";
import { ViewController } from "./view/view-controller.ts";

export default function EditorPage({ imageId }: { projectId: string; imageId: string }): ReactNode {
  const image = useImage(imageId);
  if (image.isPending) return <Opening text="Opening the image …" />;
  if (image.data === undefined) {
    return (
      <div className="p-6">
        <Problem page error={image.error} onRetry={() => void image.refetch()} />
      </div>
    );
  }
  return <OpenEditor image={image.data} />;
}

function OpenEditor({ image }: { image: ImageDetail }): ReactNode {
  const opened = useEditor(image);
  // Outlives a change of the layer: contrast and colours of channels are the image's.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image has other channels.
  const look = useMemo(() => createLook(browserStorage()), [image.id]);
  const ahead = useImageAhead(image);
  if (opened.state === "failed") {
    return (
      <div className="p-6">
        <Problem page error={opened.error} onRetry={opened.again} />
      </div>
    );
  }
  if (opened.state === "opening") return <Opening text="Reading the cells …" />;
  return (
    <Editor
      key={opened.layer.id}
      image={image}
      session={opened.session}
      layer={opened.layer}
      look={look}
      ahead={ahead}
      onEditLayer={opened.editLayer}
    />
  );
}

function useImageAhead(image: ImageDetail): ImageAhead {
  const { id, channels } = image;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an image's channels are read again with the image.
  const ahead = useMemo(
    () => openAhead((plane, signal) => openImage(fetchFrom(imageZarrUrl(id), signal), channels, plane)),
    [id],
  );
  useEffect(() => () => ahead.close(), [ahead]);
  return ahead;
}

function Editor({
  image,
  session,
  layer,
  look,
  ahead,
  onEditLayer,
}: {
  image: ImageDetail;
  session: EditorSession;
  layer: LayerSummary;
  look: Store<Look>;
  ahead: ImageAhead;
  onEditLayer: (layer: LayerSummary) => void;
}): ReactNode {
  const root = useRef<HTMLDivElement>(null);
  const [help, setHelp] = useState(false);
  const memberId = useMember()?.id ?? "";
  const keys = useMemo(() => createKeys(browserStorage(), memberId), [memberId]);
  const [parts] = useState(() => ({
    view: new ViewController(image, readAddress(window.location.search).view),
    handle: {
      hover: new Store<Hover>(noHover),
      input: null,
      readRaw: null,
      picture: new Store<Picture>({ opened: null }),
    } as SurfaceHandle,
  }));
  const { view, handle } = parts;
  // Colours by a measurement or a comparison were those of another layer's cells.
  useEffect(() => () => look.set({ colouring: "cells", cellColour: null }), [look]);
  const tour = useMemo(() => new Tour(browserStorage(), memberId), [memberId]);
  const primary = usePrimary(image, layer, session);
  const desk = useLayersDesk(image, layer, session, view);
  const judged = useJudgedCells(image.id, layer.id, session, look);
  const editLayer = (wanted: LayerSummary): void => {
    void mayLeaveLayer(session).then((may) => may && onEditLayer(wanted));
  };
  useModelOfParts(session, primary);
  const cellCount = useStore(session.store, (state) => state.cellCount);
  const seq = useStore(session.store, (state) => state.seq);
  const sync = useStore(session.store, (state) => state.sync);
  const plane = useStore(session.store, (state) => state.plane);
  useAddress(session, view);
  useDataView(root, view);
  useDataSelection(root, session);
  useDataDigest(root, session);
  const live = useLiveLayer(image, layer, session, handle.hover);
  useFreshFacts(image, seq);
  usePrompter(session, image, layer);

  const onCommand = (command: Command): void => {
    // What lies on top goes first.
    if (help && command === "deselect") {
      setHelp(false);
      return;
    }
    if (command === "tour") tour.toggle();
    runCommand(command, {
      session,
      view,
      look,
      hover: () => handle.hover.get(),
      readRaw: () => handle.readRaw,
      primary: primary.run,
      toggleHelp: () => setHelp((open) => !open),
    });
  };
  useKeys({ onCommand, map: () => keys.get().map, input: () => handle.input });
  const area = useMemo(() => (image.mpp === null ? null : image.mpp.x * image.mpp.y), [image.mpp]);

  return (
    <KeysProvider value={keys}>
      <div
        ref={root}
        data-testid="editor"
        data-cell-count={cellCount}
        data-saved-state={sync.state}
        data-waiting={sync.waiting}
        data-seq={seq}
        data-frame={plane.t + 1}
        data-slice={plane.z + 1}
        className="flex h-full min-h-0"
      >
        <h1 className="sr-only">Image {image.name}</h1>
        <ToolRail session={session} onCommand={onCommand} />
        <div className="flex min-w-0 flex-1 flex-col">
          {/* Panels lie beside the surface, not in it: what is clicked in them is no click on the image. */}
          <div className="relative flex min-h-0 flex-1">
            <Surface
              image={image}
              session={session}
              view={view}
              look={look}
              handle={handle}
              desk={desk}
              ahead={ahead}
            />
            <PeopleMarks live={live} session={session} view={view} />
            <ComparePane desk={desk} session={session} view={view} look={look} picture={handle.picture} />
            <Wayfinding image={image} view={view} />
            <DraftPanel session={session} look={look} onCommand={onCommand} />
            <PartPanel session={session} primary={primary} onCommand={onCommand} />
            {help && <KeyHelp keys={keys} onClose={() => setHelp(false)} />}
          </div>
          <Timeline image={image} session={session} />
        </div>
        <SidePanel
          image={image}
          layer={layer}
          session={session}
          look={look}
          primary={primary}
          umPerPx={area}
          tour={tour}
          people={<PeopleList live={live} layer={layer} session={session} view={view} />}
          layers={
            <>
              <LayersSection
                desk={desk}
                edited={layer}
                judged={judged}
                session={session}
                look={look}
                onEdit={editLayer}
              />
              <NewLayer image={image} edited={layer} onMade={editLayer} />
              <NestingSection desk={desk.nesting} />
              <CompareSection desk={desk} editedId={layer.id} size={image} />
            </>
          }
          onCommand={onCommand}
        />
      </div>
    </KeysProvider>
  );
}

/** Tests convert image coordinates to screen coordinates with this. */
function useDataView(root: React.RefObject<HTMLDivElement | null>, view: ViewController): void {
  useEffect(() => {
    const write = (): void => {
      const { zoom, target } = view.view;
      if (root.current !== null)
        root.current.dataset["view"] = JSON.stringify({ zoom, target: [target.x, target.y] });
    };
    write();
    return view.subscribe(write);
  }, [root, view]);
}

/** More cells than a test asks for are not listed. */
const selectionMax = 8;

/** Tests see which cells are selected. */
function useDataSelection(root: React.RefObject<HTMLDivElement | null>, session: EditorSession): void {
  useEffect(() => {
    let last: readonly string[] | null = null;
    const write = (): void => {
      const { selection } = session.state;
      if (selection === last || root.current === null) return;
      last = selection;
      root.current.dataset["selected"] = selection.slice(0, selectionMax).join(" ");
    };
    write();
    return session.store.subscribe(write);
  }, [root, session]);
}

/** Tests ask with the event `cells-digest` what this page takes the cells to be. */
function useDataDigest(root: React.RefObject<HTMLDivElement | null>, session: EditorSession): void {
  useEffect(() => {
    const element = root.current;
    const write = (): void => {
      void cellsDigest(session.model).then((digest) => {
        if (element !== null) element.dataset["cellsDigest"] = digest;
      });
    };
    element?.addEventListener("cells-digest", write);
    return () => element?.removeEventListener("cells-digest", write);
  }, [root, session]);
}

function Opening({ text }: { text: string }): ReactNode {
  return (
    <div className="flex h-full min-h-0">
      <div className="w-32 border-r border-line bg-panel" />
      <div className="grid flex-1 place-items-center bg-bench text-on-bench">
        <Loading text={text}>
          <Bone className="size-64 bg-on-bench/10!" />
        </Loading>
      </div>
      <div className="w-76 border-l border-line bg-panel" />
    </div>
  );
}
