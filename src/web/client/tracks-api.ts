/** Linking of the cells of a layer over time, started as a job; the film of its tracks. */

import type * as wire from "#api/index.ts";
import { apiUrl, readAnswer, request, unreachable } from "./http.ts";

export const tracksApi = {
  /** @param body  `around`: only what lies around these objects is linked again. */
  start: (layerId: string, body: wire.TrackLayer = {}) =>
    request<wire.Job>("POST", `/layers/${encodeURIComponent(layerId)}/track`, { body }),
  /** @throws FoundryError what the server says, `limit.memory` for a movie too long for one file; `net.unreachable`. */
  async film(layerId: string, signal: AbortSignal): Promise<Blob> {
    const address = apiUrl(`/layers/${encodeURIComponent(layerId)}/tracks.gif`);
    const response = await fetch(address, { signal, credentials: "same-origin" }).catch((error: unknown) => {
      throw signal.aborted ? error : unreachable(error);
    });
    return response.ok ? response.blob() : readAnswer<Blob>(response.status, await response.text());
  },
};
