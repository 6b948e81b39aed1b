/**
 * Scores of one image: the model's labels against the reference of each compartment, and a second person's against it.
 *
 * Where a layer does not speak for the whole image, what lies outside of it counts as `core/metrics` says.
 */

import type { LabelImage, Mask } from "#core/array/index.ts";
import { drawObjectShapeInPlace, objectShapesFromLabels, renderObjects } from "#core/labels/index.ts";
import {
  defaultTallySettings,
  evaluateLabels,
  imageFacets,
  type ObjectTally,
  uncountedPixels,
} from "#core/metrics/index.ts";
import { imageFacetNames } from "#core/ontology/index.ts";
import type { Compartment } from "#nn/index.ts";
import {
  type ExportImage,
  type ExportLayerRow,
  keepOutcomes,
  type NewEvaluationImage,
  readRegion,
  revisionObjects,
  type Store,
  type VersionedObject,
} from "#store/index.ts";

/** Labels of this truth were made or accepted by people. */
const isByPeople = ({ truth }: ExportLayerRow): boolean => truth === "gold" || truth === "silver";

/** Objects of the first frame and plane, which is what models predict. */
async function firstPlane(store: Store, revisionId: string): Promise<VersionedObject[]> {
  const objects = await revisionObjects(store, revisionId);
  return objects.filter(({ shape }) => shape.t === 0 && shape.z === 0);
}

/**
 * The record of an image for a compartment; null when nobody has outlined that compartment in it.
 *
 * @param predicted  as large as the image. @throws FoundryError `blob.corrupt`, `blob.missing`.
 */
export async function scoreImage(
  store: Store,
  item: ExportImage,
  compartment: Compartment,
  predicted: LabelImage,
): Promise<NewEvaluationImage | null> {
  const layers = item.layers.filter((layer) => layer.compartment === compartment);
  const main = layers.find(({ name }) => name === "");
  if (main === undefined) return null;
  const objects = await firstPlane(store, main.revisionId);
  const { height, width } = predicted;
  const reference = renderObjects(height, width, objects);
  const uncounted = await uncountedOf(store, main, reference);
  const { tally, outcomes } = evaluateLabels(reference, predicted, item.mpp, defaultTallySettings, uncounted);
  const own = new Map(objects.map(({ label, uid, shape }) => [label, { uid, shape }]));
  const seen = objectShapesFromLabels(predicted);
  const stored = outcomes.flatMap((outcome) => {
    const { uid, shape } =
      outcome.side === "reference"
        ? (own.get(outcome.label) ?? { uid: null, shape: undefined })
        : { uid: null, shape: seen.get(outcome.label) };
    return shape === undefined ? [] : [{ ...outcome, uid, shape }];
  });
  const second = layers.find((layer) => layer.name !== "" && isByPeople(layer));
  return {
    imageId: item.id,
    name: item.name,
    arrayDigest: item.arrayDigest,
    layerRevisionId: main.revisionId,
    group: item.group,
    facets: { ...describingFacets(item), ...imageFacets(reference, item.mpp) },
    tally,
    human: second === undefined ? null : await scoreSecond(store, second, { reference, uncounted }, item),
    outcomes: await keepOutcomes(store, stored),
  };
}

/** Words that describe the image, as they were frozen; free text and what is the same for every image of it are left. */
function describingFacets({ metadata }: ExportImage): Record<string, string> {
  const fields: readonly string[] = imageFacetNames.filter((field) => field !== "compartment");
  return Object.fromEntries(
    Object.entries(metadata).filter(([field, value]) => fields.includes(field) && value !== ""),
  );
}

/** Pixels of which a layer says nothing; undefined for a layer that speaks for all. */
async function uncountedOf(
  store: Store,
  { coverage, regionDigest }: ExportLayerRow,
  labels: LabelImage,
): Promise<Mask | undefined> {
  if (regionDigest === null) return uncountedPixels(labels, { coverage });
  const { height, width } = labels;
  const drawn = { ...labels, data: new Int32Array(labels.data.length) };
  drawObjectShapeInPlace(await readRegion(store, regionDigest), drawn, 1);
  const region = { dtype: "uint8", height, width, data: Uint8Array.from(drawn.data) } as const;
  return uncountedPixels(labels, { coverage, region });
}

/** How well a second person's labels fit the reference, where both speak. */
async function scoreSecond(
  store: Store,
  layer: ExportLayerRow,
  { reference, uncounted }: { readonly reference: LabelImage; readonly uncounted: Mask | undefined },
  { mpp }: ExportImage,
): Promise<ObjectTally> {
  const objects = await firstPlane(store, layer.revisionId);
  const theirs = renderObjects(reference.height, reference.width, objects);
  const both = united(uncounted, await uncountedOf(store, layer, theirs));
  return evaluateLabels(reference, theirs, mpp, defaultTallySettings, both).tally;
}

function united(a: Mask | undefined, b: Mask | undefined): Mask | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { ...a, data: a.data.map((value, i) => value | (b.data[i] as number)) };
}
