/** The image area: picture, pointer and keys meet here. */

import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import type { Point } from "#core/array/index.ts";
import { Button, Problem } from "../ui/index.ts";
import type { Picture } from "./compare/compare-pane.tsx";
import { Scene } from "./gpu/scene.ts";
import { useLostPicture } from "./gpu/use-lost-picture.ts";
import { PointerInput } from "./input/pointer-input.ts";
import type { LayersDesk } from "./layers/layers-desk.ts";
import { samePlane } from "./model/planes.ts";
import { DraftMarks } from "./panels/draft-marks.tsx";
import { NoteLine, Overlay, ReadOut, ScaleBarView } from "./panels/overlay.tsx";
import type { ImageAhead } from "./pixels/image-ahead.ts";
import { readVisible } from "./pixels/open-image.ts";
import { followContrast } from "./pixels/plane-contrast.ts";
import { createPlanePixels } from "./pixels/plane-pixels.ts";
import type { ReadRaw } from "./session/cell-commands.ts";
import type { EditorSession } from "./session/editor-session.ts";
import { type Hover, noHover } from "./session/hover.ts";
import type { Look } from "./session/look.ts";
import { type Store, useStore } from "./session/store.ts";
import { SpotLayer } from "./spots/index.ts";
import { TrackTails } from "./tracks/track-tails.tsx";
import type { ViewController } from "./view/view-controller.ts";

export interface SurfaceHandle {
  readonly hover: Store<Hover>;
  input: PointerInput | null;
  /** The pixels, for those who show them once more. */
  readonly picture: Store<Picture>;
  /** Reads pixels of the first visible channel; null until the picture is open. */
  readRaw: ReadRaw | null;
}

export function Surface({
  image,
  session,
  view,
  look,
  handle,
  desk,
  ahead,
}: {
  image: ImageDetail;
  session: EditorSession;
  view: ViewController;
  look: Store<Look>;
  handle: SurfaceHandle;
  desk: LayersDesk;
  /** The image's pixels, which are on their way already. */
  ahead: ImageAhead;
}): ReactNode {
  const surface = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLDivElement>(null);
  const [line, setLine] = useState<readonly Point[] | null>(null);
  const [panning, setPanning] = useState(false);
  const { attempt, lost, again } = useLostPicture(picture, () => {
    if (session.gestureActive) session.finish();
  });
  const { problem, pixels, labels } = useScene({
    attempt,
    image,
    session,
    view,
    look,
    handle,
    desk,
    ahead,
    surface,
    picture,
    setLine,
    setPanning,
  });
  const tool = useStore(session.store, (state) => state.tool);
  const draws = tool === "brush" || tool === "eraser";
  const cursor = panning ? "grabbing" : draws ? "none" : tool === "select" ? "default" : "crosshair";

  return (
    <div
      ref={surface}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the image takes keys and pointer like a drawing board.
      tabIndex={0}
      role="application"
      aria-label={`Image ${image.name}`}
      data-testid="surface"
      data-pixels={pixels ? "ready" : "loading"}
      data-labels={labels ? "ready" : "loading"}
      className="relative min-w-0 flex-1 overflow-hidden bg-bench outline-hidden select-none focus-visible:outline-2 focus-visible:-outline-offset-2"
      style={{ cursor, touchAction: "none" }}
    >
      <div ref={picture} className="absolute inset-0" />
      <Overlay session={session} view={view} hover={handle.hover} line={line} panning={panning} />
      <TrackTails session={session} view={view} />
      <DraftMarks session={session} view={view} />
      <SpotLayer image={image} session={session} view={view} />
      <ReadOut session={session} view={view} hover={handle.hover} />
      <ScaleBarView view={view} mppX={image.mpp?.x ?? null} />
      <NoteLine session={session} />
      {lost && <PictureLost onAgain={again} />}
      {problem !== null && (
        <div className="absolute inset-0 grid place-items-center p-6">
          <Problem error={problem} />
        </div>
      )}
    </div>
  );
}

/** Words instead of a black field. */
function PictureLost({ onAgain }: { onAgain: () => void }): ReactNode {
  return (
    <div
      role="alert"
      data-testid="picture-lost"
      className="absolute inset-0 grid place-items-center bg-bench p-6"
    >
      <div className="flex max-w-96 flex-col gap-3 rounded-lg border border-line bg-raised p-4 text-ink shadow-pop">
        <p className="font-semibold">The graphics card took the picture away.</p>
        <p className="text-sm text-quiet">
          No cell is lost. The picture is built anew in a moment; if it stays away, close other programs that
          draw.
        </p>
        <Button className="self-start" onClick={onAgain}>
          Show it again
        </Button>
      </div>
    </div>
  );
}

interface SceneHookParts {
  /** Another one builds the picture anew. */
  readonly attempt: number;
  readonly image: ImageDetail;
  readonly session: EditorSession;
  readonly view: ViewController;
  readonly look: Store<Look>;
  readonly handle: SurfaceHandle;
  readonly desk: LayersDesk;
  readonly ahead: ImageAhead;
  readonly surface: RefObject<HTMLDivElement | null>;
  readonly picture: RefObject<HTMLDivElement | null>;
  readonly setLine: (line: readonly Point[] | null) => void;
  readonly setPanning: (panning: boolean) => void;
}

function useScene(parts: SceneHookParts): { problem: unknown; pixels: boolean; labels: boolean } {
  const { attempt, image, session, view, look, handle, desk, ahead } = parts;
  const { surface, picture, setLine, setPanning } = parts;
  const [problem, setProblem] = useState<unknown>(null);
  const [pixels, setPixels] = useState(false);
  const [labels, setLabels] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refetched image is the same picture; refs are stable.
  useEffect(() => {
    const [element, parent] = [surface.current, picture.current];
    if (element === null || parent === null) return;
    setPixels(false);
    setLabels(false);
    const scene = new Scene({
      parent,
      session,
      view,
      look,
      extras: desk.extras,
      onError: (message) => session.note(message),
      onPixels: () => setPixels(true),
      onLabels: () => setLabels(true),
      onLine: setLine,
    });
    let stopContrast = (): void => undefined;
    let valueAt: (at: Point) => (number | null)[] = () => [];
    let closed = false;
    const started = ahead.take(session.model.plane);
    started.opened.then(
      (opened) => {
        if (closed) return;
        if (look.get().channels === null) look.set({ channels: opened.channels });
        scene.setImage(opened);
        handle.picture.set({ opened });
        const { limitsAt, pyramid } = opened;
        stopContrast = followContrast({ state: session.store, look, limitsAt, dtype: pyramid.dtype });
        handle.readRaw = (box, channel) => readVisible(opened, look.get(), session.model.plane, box, channel);
        session.drafts.attachPixels(handle.readRaw);
        session.planes.attachPixels(createPlanePixels(opened, view, session.state.planes));
        valueAt = (at) =>
          opened
            .selectionsAt(session.model.plane)
            .map((selection) => opened.pyramid.valueAt(selection, Math.round(at.y), Math.round(at.x)));
      },
      (error: unknown) => !closed && setProblem(error),
    );
    const onHover = (at: Point | null, screen: Hover["screen"]): void => {
      const inside =
        at !== null && at.y >= -0.5 && at.x >= -0.5 && at.y < image.height - 0.5 && at.x < image.width - 0.5;
      const uid = inside ? session.model.canvas.uidAt(at.y, at.x) : undefined;
      scene.setHovered(uid);
      desk.hover(uid);
      handle.hover.set(
        at === null ? noHover : { at: inside ? at : null, screen, uid, values: inside ? valueAt(at) : [] },
      );
    };
    let last: [at: Point | null, screen: Hover["screen"]] = [null, null];
    const hover: typeof onHover = (at, screen) => {
      last = [at, screen];
      onHover(at, screen);
    };
    // Another plane under a pointer that stands still.
    let plane = session.model.plane;
    const stopPlanes = session.store.subscribe(() => {
      if (samePlane(plane, session.state.plane)) return;
      plane = session.state.plane;
      onHover(...last);
    });
    const input = new PointerInput({
      surface: element,
      session,
      view,
      onHover: hover,
      onPanning: setPanning,
    });
    handle.input = input;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined)
        view.resize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    view.resize({ width: element.clientWidth, height: element.clientHeight });
    return () => {
      closed = true;
      started.close();
      observer.disconnect();
      stopPlanes();
      stopContrast();
      input.close();
      handle.input = null;
      handle.readRaw = null;
      handle.picture.set({ opened: null });
      session.drafts.attachPixels(null);
      session.planes.attachPixels(null);
      scene.close();
    };
  }, [attempt, image.id, session, view, look, handle, desk, ahead]);
  return { problem, pixels, labels };
}
