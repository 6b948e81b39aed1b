/** The Tracks panel with its desks, one pair per editor session. */

import type { ReactNode } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { imageZarrUrl } from "../../client/index.ts";
import { channelNames } from "../measure/measure-desk.ts";
import { intervalOf } from "../model/frame-interval.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { SeriesDesk } from "./series-desk.ts";
import { tracksDeskOf } from "./tracks-desk.ts";
import { TracksTab } from "./tracks-tab.tsx";

/** With the session they go: nothing else holds them. */
const kept = new WeakMap<EditorSession, SeriesDesk>();

function seriesOf(session: EditorSession, image: ImageDetail): SeriesDesk {
  const known = kept.get(session);
  if (known !== undefined) return known;
  const made = new SeriesDesk({
    session,
    image,
    imageUrl: imageZarrUrl(image.id),
    newWorker: () =>
      new Worker(new URL("../measure/measure-worker.ts", import.meta.url), {
        type: "module",
        name: "track measurements",
      }),
  });
  kept.set(session, made);
  return made;
}

export function TracksPanel({
  session,
  image,
  layer,
  wide,
  onWide,
}: {
  session: EditorSession;
  image: ImageDetail;
  layer: LayerSummary;
  wide: boolean;
  onWide: (wide: boolean) => void;
}): ReactNode {
  return (
    <TracksTab
      desk={tracksDeskOf(session)}
      series={seriesOf(session, image)}
      layer={layer}
      channels={channelNames(image)}
      frameMs={intervalOf(image)}
      fileStem={image.name.replace(/\.[A-Za-z0-9]{1,5}$/, "")}
      wide={wide}
      onWide={onWide}
    />
  );
}
