/**
 * What a network takes and outlines, told from what a dataset version holds, where nobody says otherwise.
 *
 * Labels decide the compartments. One channel serves a model of one channel whatever its role; of several, those whose role
 * is known serve, and a role that some images lack becomes an input the model can do without. Nuclei alone are found in the
 * nuclear channel alone.
 */

import { mapChannels } from "#core/prepare/index.ts";
import { parseSplitView } from "#core/select/index.ts";
import {
  type ChannelContract,
  type ChannelRole,
  compartmentOrder,
  type SegmentationOverrides,
} from "#nn/index.ts";
import {
  type Channel,
  type DatasetItem,
  type DatasetVersionDetail,
  datasetItemsInView,
  readImageFacts,
  type Store,
} from "#store/index.ts";
import { compartmentOf } from "./partial-items.ts";

/** Roles that show where cells end, in the order of the network's inputs. */
const cellRoles = ["nuclear", "membrane", "cytoplasm", "phase", "brightfield"] as const;

// A contract describes at most two; cytoplasm follows from the other two.
const compartmentsMax = 2;

/** The item once for each compartment that it has labels of. */
export function itemPerCompartment(item: DatasetItem): DatasetItem[] {
  const { coverage: _main, ...words } = item.strata;
  const others = item.moreLayers.map(({ compartment, coverage, regionDigest = null, ...layer }) => ({
    ...item,
    ...layer,
    regionDigest,
    // What is labelled of one compartment says nothing about another.
    strata: { ...words, compartment, ...(coverage === undefined ? {} : { coverage }) },
  }));
  return [item, ...others];
}

/**
 * @param channelsOf  channels of each image. Pure.
 */
export function settingsOfDataset(
  items: readonly DatasetItem[],
  channelsOf: (imageId: string) => readonly Channel[],
): Pick<SegmentationOverrides, "channels" | "compartments"> {
  const found = new Set(items.flatMap(itemPerCompartment).map(compartmentOf));
  const compartments = compartmentOrder.filter((name) => found.has(name)).slice(0, compartmentsMax);
  const images = [...new Set(items.map(({ imageId }) => imageId))].map(channelsOf);
  if (compartments.length === 0 || (compartments.length === 1 && compartments[0] === "nuclear")) return {};
  const several = images.some((channels) => channels.length > 1);
  return {
    compartments,
    channels: several ? knownRoles(images) : [{ role: onlyRole(images), required: true }],
  };
}

/** Role of the one channel: what most images state. */
function onlyRole(images: readonly (readonly Channel[])[]): ChannelRole {
  const counts = new Map<ChannelRole, number>();
  for (const [channel] of images) {
    if (channel === undefined || channel.role === "other") continue;
    counts.set(channel.role, (counts.get(channel.role) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return most?.[0] ?? "other";
}

/** Inputs for the roles that images have; at least one is required. */
function knownRoles(images: readonly (readonly Channel[])[]): ChannelContract[] {
  const known = cellRoles.flatMap((role) => {
    const count = images.filter((channels) => hasRole(channels, role)).length;
    return count === 0 ? [] : [{ role, required: count === images.length }];
  });
  if (known.some(({ required }) => required)) return known;
  // Without a role that all images have, the first is asked for, and images without it are refused by name.
  const [first, ...rest] = known;
  return [{ role: first?.role ?? "other", required: true }, ...rest];
}

/** Stated, or told by the marker; never merely because there is no other channel. */
function hasRole(channels: readonly Channel[], role: ChannelRole): boolean {
  const mapping = mapChannels(channels, [role]);
  if (mapping.state === "ambiguous") return true;
  return mapping.state === "mapped" && mapping.by[0] !== "only";
}

/** The same, read from a version. Cost: facts of its images. */
export async function readDatasetSettings(
  store: Store,
  dataset: DatasetVersionDetail,
): Promise<ReturnType<typeof settingsOfDataset>> {
  const items = await datasetItemsInView(store, dataset, parseSplitView("whole"));
  const images = await readImageFacts(
    store,
    items.map(({ imageId }) => imageId),
  );
  return settingsOfDataset(items, (imageId) => images.get(imageId)?.channels ?? []);
}
