/** Pixels of images and of layer revisions: thumbnails, OME-Zarr, label TIFF. */

import { type ImageDetail, thumbnailQuerySchema } from "#api/index.ts";
import { writeLabelTiff } from "#formats/index.ts";
import { sha256 } from "#platform/index.ts";
import { getImage, getLayer, isLargeImage, renderRevision } from "#store/index.ts";
import { pictureSource } from "../image-picture.ts";
import { thumbnailPng } from "../pictures.ts";
import { largeLabelTiff } from "../revision-tiff.ts";
import { bytes, type Payload, route } from "../route.ts";
import { imageZarr, revisionZarr } from "../zarr.ts";

const zarrTypes = ["application/json", "application/octet-stream"];

export const pixelRoutes = [
  route({
    method: "GET",
    url: "/images/:imageId/thumbnail.png",
    summary: "A small picture of an image, with outlines of its labels when asked for",
    policy: "look",
    on: "image",
    query: thumbnailQuerySchema,
    answer: bytes("image/png"),
    async handle({ parts, object, query }): Promise<Payload> {
      const layer = query.labels === 1 ? object.layers[0] : undefined;
      const colour = isColourPhoto(object);
      const content = [
        "thumbnail 1",
        object.arrayDigest,
        colour,
        query.size,
        layer?.id ?? "",
        layer?.seq ?? 0,
      ];
      const etag = sha256(JSON.stringify(content));
      return {
        type: "image/png",
        etag,
        cache: "check",
        fileName: `${object.name}.png`,
        make: () =>
          parts.pictures.get(etag, async () => {
            const { image, ...labels } = await pictureSource(parts.store, object, layer?.id ?? null);
            return thumbnailPng(image, query.size, { ...labels, colour });
          }),
      };
    },
  }),
  route({
    method: "GET",
    url: "/images/:imageId/zarr/*",
    summary: "The image as OME-Zarr 0.5, read-only; start at `zarr.json`",
    policy: "look",
    on: "image",
    answer: bytes(...zarrTypes),
    errors: ["request.notFound", "blob.corrupt", "blob.missing"],
    handle: ({ parts, object, params }) => imageZarr(parts, object, params["*"]),
  }),
  route({
    method: "GET",
    url: "/layer-revisions/:revisionId/zarr/*",
    summary: "The label image of a layer revision as OME-Zarr 0.5, read-only",
    policy: "look",
    on: "revision",
    answer: bytes(...zarrTypes),
    errors: ["request.notFound"],
    handle: ({ parts, object, params }) => revisionZarr(parts, object, params["*"]),
  }),
  route({
    method: "GET",
    url: "/layer-revisions/:revisionId/labels.tif",
    summary: "The label image of a layer revision as TIFF",
    policy: "look",
    on: "revision",
    answer: bytes("image/tiff"),
    async handle({ parts, object }): Promise<Payload> {
      const layer = await getLayer(parts.store, object.layerId);
      const image = await getImage(parts.store, layer.imageId);
      return {
        type: "image/tiff",
        etag: sha256(JSON.stringify(["labels.tif 1", object.root, object.id, image.mpp])),
        cache: "check",
        fileName: `${image.name}-${layer.compartment}-r${object.number}.tif`,
        make: async () => {
          const options = {
            mpp: image.mpp,
            description: { image: image.arrayDigest, layerRevision: object.id, root: object.root },
          };
          return isLargeImage(parts.store, image)
            ? largeLabelTiff(parts.store, object.id, image, options)
            : writeLabelTiff(await renderRevision(parts.store, object.id), options);
        },
      };
    },
  }),
];

/** Three channels named red, green and blue are a photograph and not three stains. */
function isColourPhoto({ channels }: ImageDetail): boolean {
  return channels.map(({ name }) => name.toLowerCase()).join(" ") === "red green blue";
}
