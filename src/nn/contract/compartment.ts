/**
 * The words of a contract that come from biology: what part of a cell is outlined, and what a channel shows.
 */
import type { channelRoles } from "#core/ontology/index.ts";

/** In the order in which heads and outputs of a network are listed. */
export const compartmentOrder = ["nuclear", "wholeCell", "cytoplasm"] as const;

/** Cell part that a segmentation describes. */
export type Compartment = (typeof compartmentOrder)[number];

/** What a channel is used for by a model. */
export type ChannelRole = (typeof channelRoles)[number];
