/** Linking of the cells of a layer over time, started as a job. */

import type * as wire from "#api/index.ts";
import { request } from "./http.ts";

export const tracksApi = {
  /** @param body  `around`: only what lies around these objects is linked again. */
  start: (layerId: string, body: wire.TrackLayer = {}) =>
    request<wire.Job>("POST", `/layers/${encodeURIComponent(layerId)}/track`, { body }),
};
