/**
 * Images and label images as OME-Zarr, rendered key by key.
 *
 * What was opened last stays open, because a viewer asks for hundreds of chunks of one image; the rest is read again
 * from the store when asked for. Chunks never change under their address; the metadata may (name, pixel size).
 */

import type { ImageDetail, LayerRevision } from "#api/index.ts";
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import { omeZarrImage, omeZarrImageRegions, omeZarrLabels, type ZarrRegions } from "#formats/index.ts";
import { sha256 } from "#platform/index.ts";
import {
  getImage,
  getLayer,
  isLargeImage,
  openImageLevels,
  readImageArray,
  renderRevision,
} from "#store/index.ts";
import { type OpenZarr, openZarr } from "./open-zarr.ts";
import type { ServerParts } from "./parts.ts";
import { openRevisionRegions } from "./revision-regions.ts";
import type { Payload } from "./route.ts";

/** One key of an image's hierarchy. */
export async function imageZarr(parts: ServerParts, image: ImageDetail, key: string): Promise<Payload> {
  const { name, mpp, channels } = image;
  const digest = sha256(canonicalJson(["image", image.arrayDigest, name, mpp, channels] as never));
  if (isLargeImage(parts.store, image)) {
    const levels = await openImageLevels(parts.store, image.arrayDigest);
    return regionPayload(digest, key, omeZarrImageRegions(levels, { name, mpp, channels }));
  }
  return payload(parts, digest, key, async () => {
    const array = await readImageArray(parts.store, image.id);
    return openZarr(omeZarrImage(array, { name, mpp, channels }), array.data.byteLength);
  });
}

/** One key of the hierarchy of a layer revision's label image. */
export async function revisionZarr(
  parts: ServerParts,
  revision: LayerRevision,
  key: string,
): Promise<Payload> {
  const layer = await getLayer(parts.store, revision.layerId);
  const image = await getImage(parts.store, layer.imageId);
  const name = `${image.name} ${layer.compartment} revision ${revision.number}`;
  const digest = sha256(
    canonicalJson(["labels", revision.root, image.arrayDigest, name, image.mpp] as never),
  );
  return payload(parts, digest, key, async () => {
    const sourceImage = `../../../images/${image.id}/zarr`;
    const options = { name, mpp: image.mpp, sourceImage };
    if (isLargeImage(parts.store, image))
      return openRevisionRegions(parts.store, revision.id, image, options);
    const labels = await renderRevision(parts.store, revision.id);
    return openZarr(omeZarrLabels(labels, options), labels.data.byteLength);
  });
}

async function payload(
  parts: ServerParts,
  digest: string,
  key: string,
  open: () => Promise<OpenZarr>,
): Promise<Payload> {
  const opened = await parts.zarr.get(digest, open);
  if ("regions" in opened) return regionPayload(digest, key, opened.regions);
  const { keys } = opened;
  // Rendered here and not in `make`: whether the key exists decides between an answer and "not found".
  const found = keys.get(key);
  if (found === undefined) throw noSuchKey();
  return answer(digest, key, async () => found);
}

/** One key of a hierarchy of which only the parts that are asked for are read. */
function regionPayload(digest: string, key: string, regions: ZarrRegions): Payload {
  if (!regions.has(key)) throw noSuchKey();
  return answer(digest, key, async () => {
    const bytes = await regions.get(key);
    if (bytes === undefined) throw noSuchKey();
    return bytes;
  });
}

function noSuchKey(): FoundryError {
  return new FoundryError("request.notFound", {
    message: "This OME-Zarr hierarchy has no such key.",
    hint: "Start at `zarr.json`; it names what there is.",
  });
}

function answer(digest: string, key: string, make: Payload["make"]): Payload {
  const metadata = key.endsWith("zarr.json");
  return {
    type: metadata ? "application/json" : "application/octet-stream",
    etag: sha256(`${digest}/${key}`),
    cache: metadata ? "check" : "immutable",
    fileName: key.replaceAll("/", "-"),
    make,
  };
}
