/** Several people in one layer: saying where one is, and regions that one holds. */

import type * as wire from "#api/index.ts";
import { request } from "./http.ts";

const segment = encodeURIComponent;

export const liveApi = {
  /** Goes out even when the page is just being closed. */
  say: (layerId: string, word: wire.Presence) =>
    request<void>("POST", `/layers/${segment(layerId)}/presence`, { body: word, keepalive: true }),
  hold: (layerId: string, body: Pick<wire.RegionHold, "box" | "plane">) =>
    request<wire.RegionHold>("POST", `/layers/${segment(layerId)}/holds`, { body }),
  renew: (holdId: string) =>
    request<wire.RegionHold>("POST", `/holds/${segment(holdId)}/renew`, { body: {} }),
  release: (holdId: string) => request<void>("DELETE", `/holds/${segment(holdId)}`),
};
