/**
 * The other side of a comparison beside the picture: the same pixels at the same place, with its cells.
 *
 * Moving or zooming either pane moves both; the difference that one goes to is in the middle of both.
 */

import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { ExtraSheets } from "../gpu/extra-sheets.ts";
import type { ExtraSheetsState } from "../gpu/sheet-source.ts";
import { shownChannels } from "../gpu/shown-channels.ts";
import { Viewer } from "../gpu/viewer.ts";
import { meaningOfWheel } from "../input/wheel.ts";
import type { LayersDesk } from "../layers/layers-desk.ts";
import type { OpenedImage } from "../pixels/open-image.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { type Store, useStore } from "../session/store.ts";
import type { ViewController } from "../view/view-controller.ts";

export interface Picture {
  /** Null until the pixels are open. */
  readonly opened: OpenedImage | null;
}

interface ComparePaneProps {
  readonly desk: LayersDesk;
  readonly session: EditorSession;
  readonly view: ViewController;
  readonly look: Store<Look>;
  readonly picture: Store<Picture>;
}

export function ComparePane(props: ComparePaneProps): ReactNode {
  const isShown = useStore(
    props.desk.compare.store,
    (state) => state.isSideBySide && state.comparison !== null,
  );
  return isShown ? <OpenPane {...props} /> : null;
}

function OpenPane(props: ComparePaneProps): ReactNode {
  const pane = useRef<HTMLDivElement>(null);
  const title = useStore(props.desk.compare.store, (state) => state.with?.title ?? "");
  useOtherPicture(pane, props);
  useLinkedView(pane, props.view);
  return (
    <div
      className="relative min-w-0 flex-1 touch-none overflow-hidden border-l border-line bg-bench select-none"
      data-testid="compare-pane"
    >
      <div ref={pane} className="absolute inset-0 cursor-grab" />
      <p className="pointer-events-none absolute top-3 left-3 rounded-md bg-bench/75 px-2 py-1 text-xs text-on-bench">
        {title}
      </p>
    </div>
  );
}

function useOtherPicture(
  pane: RefObject<HTMLDivElement | null>,
  { desk, session, view, look, picture }: ComparePaneProps,
): void {
  useEffect(() => {
    const parent = pane.current;
    if (parent === null) return;
    let sheets: ExtraSheets | null = null;
    const showSheets = (): void => {
      const sources: ExtraSheetsState["sources"] = desk.compare.otherSources();
      const made = sheets?.update(sources);
      if (made !== undefined) viewer.setSheets([...made.below, ...made.above]);
    };
    const viewer = new Viewer({
      parent,
      onPixels: () => undefined,
      onLabels: () => {
        parent.dataset["labels"] = "ready";
      },
      onLost: () => desk.compare.setSideBySide(false),
      onError: (error) => session.note(error.message),
      onDevice: (device) => {
        sheets = new ExtraSheets(device);
        showSheets();
      },
    });
    const showView = (): void => viewer.setView(view.view, view.seenBox());
    const showPixels = (): void => {
      const { opened } = picture.get();
      if (opened !== null) viewer.setChannels(shownChannels(opened, look.get(), session.model.plane));
    };
    const showPicture = (): void => {
      const { opened } = picture.get();
      if (opened !== null) viewer.setImage(opened.pyramid);
      showPixels();
    };
    showView();
    showPicture();
    const stops = [
      view.subscribe(showView),
      look.subscribe(showPixels),
      picture.subscribe(showPicture),
      session.store.subscribe(showPixels),
      desk.compare.store.subscribe(showSheets),
    ];
    return () => {
      for (const stop of stops) stop();
      sheets?.close();
      viewer.close();
    };
  }, [pane, desk, session, view, look, picture]);
}

/** Wheel and dragging move the view of both panes. */
function useLinkedView(pane: RefObject<HTMLDivElement | null>, view: ViewController): void {
  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    let last: { x: number; y: number } | null = null;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const meaning = meaningOfWheel(event);
      if (meaning.kind === "pan") view.panBy(meaning.dx, meaning.dy);
      else view.zoomAt({ x: event.clientX - box.left, y: event.clientY - box.top }, meaning.delta);
    };
    element.addEventListener("wheel", onWheel, { signal, passive: false });
    element.addEventListener(
      "pointerdown",
      (event) => {
        last = { x: event.clientX, y: event.clientY };
        element.setPointerCapture(event.pointerId);
      },
      { signal },
    );
    element.addEventListener(
      "pointermove",
      (event) => {
        if (last === null) return;
        view.panBy(event.clientX - last.x, event.clientY - last.y);
        last = { x: event.clientX, y: event.clientY };
      },
      { signal },
    );
    const release = (): void => {
      last = null;
    };
    element.addEventListener("pointerup", release, { signal });
    element.addEventListener("pointercancel", release, { signal });
    return () => abort.abort();
  }, [pane, view]);
}
