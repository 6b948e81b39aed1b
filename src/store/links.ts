/** Links of tracks: the same cell in different frames, and divisions. */

import type { Store } from "./store.ts";

export interface StoredLink {
  readonly from: string;
  readonly to: string;
  readonly kind: "link" | "division";
  readonly agentId: string;
}

const selectLinks = `
SELECT from_uid AS "from", to_uid AS "to", kind, agent_id AS "agentId" FROM link
WHERE layer_id = $1 ORDER BY from_uid, to_uid`;

/** All links of a layer, by uid of their objects; empty for layers that are no tracks. */
export function layerLinks(store: Store, layerId: string): Promise<StoredLink[]> {
  return store.sql.query<StoredLink>(selectLinks, [layerId]);
}
