/**
 * Versions of labels as they are typed: an image by name or id, then a branch, then a revision.
 *
 * `nuclei 7` is what the image's labels are now, `nuclei 7@3` their third revision, `nuclei 7:fix` a branch, and
 * `nuclei 7:fix@1` a revision of it. The id of a revision stands for itself. With several kinds of labels on one
 * image, `nuclei 7:wholeCell` names them by compartment.
 */

import { FoundryError } from "#core/errors.ts";
import type { LayerSummary, Store, VersionRef } from "#store/index.ts";

export interface FoundVersion {
  readonly ref: VersionRef;
  readonly layerId: string;
  /** For people: image, branch and revision. */
  readonly title: string;
}

/** A layer: image with an optional branch, without a revision. @throws FoundryError `layer.notFound`, `image.notFound`. */
export async function findLayer(
  store: Store,
  projectId: string,
  text: string,
): Promise<{ readonly layer: LayerSummary; readonly title: string }> {
  const { findImage, layersOfImage } = await import("#store/index.ts");
  const whole = await findImage(store, projectId, text).catch(() => null);
  const colon = text.lastIndexOf(":");
  const image = whole ?? (await findImage(store, projectId, colon < 0 ? text : text.slice(0, colon)));
  const part = whole === null && colon >= 0 ? text.slice(colon + 1) : "";
  const layers = await layersOfImage(store, image.id);
  const layer = layers.find(({ name, compartment }) =>
    part === "" ? true : name === part || compartment === part,
  );
  if (layer !== undefined) return { layer, title: part === "" ? image.name : `${image.name}:${part}` };
  const names = layers.map(({ name, compartment }) => (name === "" ? compartment : name));
  throw new FoundryError("layer.notFound", {
    message:
      part === "" ? `"${image.name}" has no labels.` : `"${image.name}" has no labels called "${part}".`,
    ...(names.length === 0 ? {} : { hint: `There are: ${names.join(", ")}.` }),
  });
}

/** @throws FoundryError `layer.notFound`, `image.notFound`, `revision.notFound`. */
export async function findVersion(store: Store, projectId: string, text: string): Promise<FoundVersion> {
  const { getRevision, listRevisions } = await import("#store/index.ts");
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(text)) {
    const revision = await getRevision(store, text).catch(() => null);
    if (revision !== null) {
      const title = `revision ${revision.number}`;
      return { ref: { revisionId: revision.id }, layerId: revision.layerId, title };
    }
  }
  const match = /^(.*)@(\d+)$/s.exec(text);
  const { layer, title } = await findLayer(store, projectId, match?.[1] ?? text);
  if (match === null) return { ref: { layerId: layer.id }, layerId: layer.id, title };
  const revisions = await listRevisions(store, layer.id);
  const found = revisions.find(({ number }) => number === Number(match[2]));
  if (found !== undefined) return { ref: { revisionId: found.id }, layerId: layer.id, title: text };
  throw new FoundryError("revision.notFound", {
    message: `The labels of "${title}" have no revision ${match[2]}.`,
    hint: `They have ${revisions.length}; \`cellfoundry layer log\` lists them.`,
  });
}
