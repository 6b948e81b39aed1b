/** Histograms of the plane on the screen, counted in a worker; null until the first are there. */

import { useEffect, useRef, useState } from "react";
import { imageZarrUrl } from "../../client/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { ChannelLook } from "../session/look.ts";
import { useStore } from "../session/store.ts";
import type { ChannelHistogram } from "./histogram.ts";
import type { HistogramAnswer, HistogramAsk } from "./histogram-worker.ts";

/** After the last change of plane; while a movie plays nothing is counted. */
const restMs = 200;

export function useHistograms(
  imageId: string,
  session: EditorSession,
  channels: readonly ChannelLook[] | null,
): readonly ChannelHistogram[] | null {
  const plane = useStore(session.store, (state) => state.plane);
  const playing = useStore(session.store, (state) => state.playing !== null);
  const [histograms, setHistograms] = useState<readonly ChannelHistogram[] | null>(null);
  const worker = useRef<Worker | null>(null);
  const asked = useRef(0);
  // Ranges change only when another image is opened, the look of a channel at every move of a slider.
  const ranges = channels === null ? "" : JSON.stringify(channels.map(({ range }) => range));
  useEffect(
    () => () => {
      worker.current?.terminate();
      worker.current = null;
    },
    [],
  );
  useEffect(() => {
    if (ranges === "" || playing) return;
    const timer = setTimeout(() => {
      worker.current ??= new Worker(new URL("./histogram-worker.ts", import.meta.url), {
        type: "module",
        name: "histograms",
      });
      worker.current.onmessage = ({ data }: MessageEvent<HistogramAnswer>) => {
        // Without histograms the sliders still work; the picture itself says when pixels cannot be read.
        if (data.id === asked.current && "histograms" in data) setHistograms(data.histograms);
      };
      asked.current += 1;
      const ask: HistogramAsk = {
        id: asked.current,
        imageUrl: imageZarrUrl(imageId),
        t: plane.t,
        z: plane.z,
        ranges: JSON.parse(ranges) as HistogramAsk["ranges"],
      };
      worker.current.postMessage(ask);
    }, restMs);
    return () => clearTimeout(timer);
  }, [imageId, plane, playing, ranges]);
  return histograms;
}
