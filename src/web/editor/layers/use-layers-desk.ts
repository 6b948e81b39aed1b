/** The desk of label layers of an open image, in step with what the server says of the image's layers. */

import { useEffect, useState } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { layersApi } from "../../client/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { ViewController } from "../view/view-controller.ts";
import { LayersDesk } from "./layers-desk.ts";

export function useLayersDesk(
  image: ImageDetail,
  edited: LayerSummary,
  session: EditorSession,
  view: ViewController,
): LayersDesk {
  const [desk] = useState(
    () =>
      new LayersDesk({
        session,
        view,
        edited,
        readObjects: (layerId) => layersApi.objects(layerId),
        schedule: (work, ms) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
      }),
  );
  useEffect(() => desk.start(), [desk]);
  useEffect(() => desk.setLayers(image.layers), [desk, image.layers]);
  return desk;
}
