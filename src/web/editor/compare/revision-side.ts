/** An earlier revision of the edited layer as the other side of a comparison: ids mean the same object. */

import type { AgentInfo, WireObject } from "#api/index.ts";
import { layersApi } from "../../client/index.ts";
import { LayerModel } from "../session/layer-model.ts";
import type { OtherSide } from "./compare-desk.ts";

/** A revision tells shapes; who made them is the history's matter. */
const someone: AgentInfo = { id: "", kind: "person", name: "" };

export function revisionSide(
  revisionId: string,
  title: string,
  { height, width }: { readonly height: number; readonly width: number },
): OtherSide {
  return {
    id: revisionId,
    title,
    identity: "id",
    open: async () => {
      const { objects } = await layersApi.revisionObjects(revisionId);
      // Only looked at: a layer of cells that lie apart shows the same.
      const model = new LayerModel(height, width, true);
      const whole = objects.map(
        (object): WireObject => ({ ...object, agent: someone, kind: "", confidence: null }),
      );
      model.load(whole, [], someone);
      return model;
    },
  };
}
