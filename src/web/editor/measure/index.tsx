/** The Measure panel with its desk and its view, one pair per editor session. */

import type { ReactNode } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { imageZarrUrl, layersApi } from "../../client/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Look } from "../session/look.ts";
import { Store } from "../session/store.ts";
import { spotColumns } from "../spots/spot-columns.ts";
import { spotDeskOf } from "../spots/spot-desk-of.ts";
import { useTypes } from "../types/use-types.ts";
import { channelNames, MeasureDesk } from "./measure-desk.ts";
import { MeasureTab } from "./measure-tab.tsx";
import { firstMeasureView, type MeasureView } from "./measure-view.ts";

interface Kept {
  readonly desk: MeasureDesk;
  readonly view: Store<MeasureView>;
}

/** With the session they go: nothing else holds them. */
const kept = new WeakMap<EditorSession, Kept>();

function keptOf(session: EditorSession, image: ImageDetail, layer: LayerSummary): Kept {
  const known = kept.get(session);
  if (known !== undefined) return known;
  const desk = new MeasureDesk({
    session,
    image,
    layer,
    imageUrl: imageZarrUrl(image.id),
    newWorker: () =>
      new Worker(new URL("./measure-worker.ts", import.meta.url), { type: "module", name: "measurements" }),
    readShapes: async (layerId) =>
      (await layersApi.objects(layerId)).objects.map(({ shape }) => shapeFromWire(shape)),
    moreColumns: (ids, planes) => spotColumns(spotDeskOf(session, image), planes, ids),
    now: () => performance.now(),
    schedule: (work, ms) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  });
  const made = { desk, view: new Store(firstMeasureView) };
  kept.set(session, made);
  return made;
}

/** The measurements of a session, once someone opened its Measure tab. */
export const measureDeskOf = (session: EditorSession): MeasureDesk | null => kept.get(session)?.desk ?? null;

export function MeasurePanel({
  session,
  image,
  layer,
  look,
  wide,
  onWide,
}: {
  session: EditorSession;
  image: ImageDetail;
  layer: LayerSummary;
  look: Store<Look>;
  wide: boolean;
  onWide: (wide: boolean) => void;
}): ReactNode {
  const { desk, view } = keptOf(session, image, layer);
  const channels = channelNames(image);
  const { terms } = useTypes(image.projectId, session);
  return (
    <MeasureTab
      session={session}
      desk={desk}
      view={view}
      look={look}
      channels={channels}
      nameOfTerm={terms.nameOf}
      samples={image.height * image.width * channels.length}
      wide={wide}
      onWide={onWide}
    />
  );
}
