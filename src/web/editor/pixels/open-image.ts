/** Opens an image of the server and finds out how to show it: pyramid, channels, automatic contrast. */

import { type BoundingBox, dtypeOf, type Plane } from "#core/array/index.ts";
import type { RawWindow } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { firstPlane, type PlaneAt, planeKey } from "../model/planes.ts";
import type { ChannelLook, Look } from "../session/look.ts";
import { type ChannelFacts, firstColour, isRgb, shownChannelsMax } from "./channels.ts";
import { contrastLimits, intensityRange, type Limits } from "./contrast.ts";
import { type ImagePyramid, openPyramid, type Selection } from "./pixel-source.ts";
import type { FetchBytes } from "./zarr-array.ts";

/** A level of at most this many pixels is enough for percentiles. */
const sampledPixelsMax = 1 << 20;

/** Reads keys below an address; what is not there is null. */
export function fetchFrom(root: string, signal: AbortSignal): FetchBytes {
  return async (key) => {
    let response: Response;
    try {
      response = await fetch(`${root}/${key}`, { signal, credentials: "same-origin" });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new FoundryError("net.unreachable", {
        message: "The image's pixels cannot be fetched: the server does not answer.",
        hint: "Check that Cell Foundry is running and that this computer has a network, then try again.",
        cause: error,
      });
    }
    if (response.status === 404) return null;
    if (!response.ok) {
      throw new FoundryError(response.status === 401 ? "policy.signIn" : "server.internal", {
        message: `The image's pixels cannot be fetched (status ${response.status}).`,
      });
    }
    return new Uint8Array(await response.arrayBuffer());
  };
}

export interface OpenedImage {
  readonly pyramid: ImagePyramid;
  /** Of the first plane, one for each channel. */
  readonly selections: readonly Selection[];
  /** Of any plane; the same array for the same plane, because the picture is read again when it is another one. */
  readonly selectionsAt: (plane: PlaneAt) => readonly Selection[];
  readonly channels: readonly ChannelLook[];
  /** Automatic contrast of any plane, one pair for each channel. */
  readonly limitsAt: (plane: PlaneAt) => Promise<readonly Limits[]>;
}

/** @param start  plane whose intensities set the automatic contrast. */
export async function openImage(
  fetchBytes: FetchBytes,
  facts: readonly ChannelFacts[],
  start: PlaneAt = firstPlane,
): Promise<OpenedImage> {
  const pyramid = await openPyramid(fetchBytes);
  const channelAxis = pyramid.axes.indexOf("c");
  const count = Math.min(channelAxis < 0 ? 1 : (pyramid.shape[channelAxis] ?? 1), shownChannelsMax);
  const selectionsAt = planeSelections(count);
  const selections = selectionsAt(firstPlane);
  const known = Array.from(
    { length: count },
    (_, index) => facts[index] ?? { index, name: `Channel ${index + 1}`, role: "other" },
  );
  const photo = isRgb(known);
  const limitsAt = async (plane: PlaneAt): Promise<readonly Limits[]> => {
    const seen = await Promise.all(selectionsAt(plane).map((selection) => sampleLimits(pyramid, selection)));
    return photo ? seen.map(() => jointLimits(pyramid.dtype, seen)) : seen;
  };
  const seen = await limitsAt(start);
  const channels = known.map((channel, index): ChannelLook => {
    const limits = seen[index] as Limits;
    return {
      index,
      name: channel.name === "" ? `Channel ${index + 1}` : channel.name,
      visible: true,
      colour: firstColour(known, index),
      limits,
      automatic: limits,
      range: intensityRange(pyramid.dtype, limits),
      gamma: 1,
      inverted: false,
    };
  });
  return { pyramid, selections, selectionsAt, channels, limitsAt };
}

function planeSelections(channelCount: number): OpenedImage["selectionsAt"] {
  const made = new Map<string, readonly Selection[]>();
  return (plane) => {
    const key = planeKey(plane);
    const known = made.get(key);
    if (known !== undefined) return known;
    const { t, z } = plane;
    const selections = Array.from({ length: channelCount }, (_, c) => ({ t, z, c }));
    made.set(key, selections);
    return selections;
  };
}

async function sampleLimits(pyramid: ImagePyramid, selection: Selection): Promise<Limits> {
  const small = pyramid.levels.find(
    (level) => (level.shape.at(-1) ?? 0) * (level.shape.at(-2) ?? 0) <= sampledPixelsMax,
  );
  const level = small ?? pyramid.levels.at(-1);
  if (level === undefined) return [0, 1];
  return contrastLimits((await level.getRaster({ selection })).data);
}

/** One pair of limits for a photograph: stretching its colours apart would change their hue. */
function jointLimits(dtype: string, seen: readonly Limits[]): Limits {
  if (dtype === "uint8") return [0, 255];
  return [Math.min(...seen.map((one) => one[0])), Math.max(...seen.map((one) => one[1]))];
}

/**
 * Intensities in a box of one plane of the image, at full resolution and native depth.
 *
 * @param channel  index; default: the first visible one.
 */
export async function readVisible(
  image: OpenedImage,
  look: Look,
  plane: PlaneAt,
  box: BoundingBox,
  channel: number | null = null,
): Promise<RawWindow> {
  const channels = look.channels ?? image.channels;
  const shown =
    channel ??
    Math.max(
      0,
      channels.findIndex(({ visible }) => visible),
    );
  const [y0, x0, y1, x1] = box;
  const { data } = await image.pyramid.readRegion(image.selectionsAt(plane)[shown] ?? {}, y0, x0, y1, x1);
  const dtype = dtypeOf(data) ?? "float32";
  return { y0, x0, plane: { dtype, height: y1 - y0, width: x1 - x0, data } as Plane };
}
