/** Connects an open editor with the others in its layer, for as long as the page is in sight. */

import { useEffect, useMemo } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { toldSelectionMax } from "#api/live-limits.ts";
import { apiUrl, liveApi, openStream } from "../../client/index.ts";
import { newUlid } from "../model/ulid.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Hover } from "../session/hover.ts";
import type { Store } from "../session/store.ts";
import { LiveLayer } from "./live-layer.ts";

/** Someone who only looks at another tab for a moment has not left. */
const hiddenMs = 5_000;

/** What the stream of a layer tells. */
const liveEvents = ["edits", "people", "holds"];

export function useLiveLayer(
  image: ImageDetail,
  layer: LayerSummary,
  session: EditorSession,
  hover: Store<Hover>,
): LiveLayer {
  const live = useMemo(() => makeLive(layer.id, session), [layer.id, session]);
  const newest = image.layers.find((one) => one.id === layer.id)?.seq ?? 0;
  // The image is read again now and then; it tells when the stream cannot.
  useEffect(() => session.saving.heard(newest), [newest, session]);
  useEffect(() => {
    // An image without a layer has nobody in it.
    if (layer.id === "") return;
    const tell = (): void => {
      const { selection, plane, tool } = session.state;
      const at = hover.get().at;
      live.moved({
        at: at === null ? null : { y: round(at.y), x: round(at.x) },
        plane,
        selection: selection.slice(0, toldSelectionMax),
        tool,
      });
    };
    const stops = [hover.subscribe(tell), session.store.subscribe(tell), whileInSight(live)];
    tell();
    return () => {
      for (const stop of stops) stop();
      live.close();
    };
  }, [layer.id, live, session, hover]);
  return live;
}

/** A tenth of a pixel is finer than a pointer. */
const round = (value: number): number => Math.round(value * 10) / 10;

function whileInSight(live: LiveLayer): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") live.open();
    else timer = setTimeout(() => live.close(), hiddenMs);
  };
  const leave = (): void => live.close();
  follow();
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", leave);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", follow);
    window.removeEventListener("pagehide", leave);
  };
}

function makeLive(layerId: string, session: EditorSession): LiveLayer {
  return new LiveLayer({
    page: newUlid(),
    open: (hear, connected) => openStream(apiUrl(`/layers/${layerId}/live`), liveEvents, hear, connected),
    say: (word) => liveApi.say(layerId, word),
    schedule: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    onEdits: (seq) => session.saving.heard(seq),
  });
}
