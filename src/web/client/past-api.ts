/** Back along the log of a layer. */

import type * as wire from "#api/index.ts";
import { request } from "./http.ts";

const segment = encodeURIComponent;

type Signal = { readonly signal?: AbortSignal };

export const pastApi = {
  layer: (layerId: string, seq: number) =>
    request<wire.PastLayerWire>("GET", `/layers/${segment(layerId)}/past`, { query: { seq } }),
  cellEdits: (layerId: string, uid: string, options: Signal = {}) =>
    request<{ edits: wire.CellEditWire[] }>("GET", `/layers/${segment(layerId)}/cell-edits`, {
      ...options,
      query: { uid },
    }),
};
