/**
 * Looking at augmentation before a run: plans for the images of a dataset version, and a picture of sample crops.
 *
 * Crops are made by the functions that training uses, so what is shown is what a model will see; only their places are
 * chosen so that each shows a cell. The first of each row is the image as it is; another seed shows other crops.
 */

import type { LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { indexLabels } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import {
  type AugmentPlan,
  type AugmentSampleCrop,
  augmentSample,
  defaultSegmentationConfig,
  type ItemFacts,
  imageTermReader,
  itemsInMemory,
  type PixelSize,
  type PlanWords,
  plainSample,
  planOfItem,
  planWords,
  prepareItem,
  type SegmentationConfig,
  type TrainingItem,
} from "#nn/index.ts";
import {
  type DatasetVersionDetail,
  getImage,
  loadVocabulary,
  readImageArray,
  readImageTerms,
  renderHead,
  type Store,
} from "#store/index.ts";
import { chooseChannels } from "./channels.ts";
import { drawSampleGrid, type GridPicture } from "./sample-grid.ts";
import { readDatasetSettings } from "./train/dataset-settings.ts";
import { openSources } from "./train/training-inputs.ts";

/** A plan with how many images it is for. */
export interface PlannedImages {
  readonly plan: AugmentPlan;
  readonly words: PlanWords;
  readonly images: number;
}

export interface AugmentSamples {
  readonly picture: GridPicture;
  /** Rows of the picture from above: which image, and what was done to each crop. */
  readonly rows: readonly SampleRow[];
}

export interface SampleRow {
  readonly imageId: string;
  readonly family: AugmentPlan["family"];
  /** Names of the changes of each crop; none for the first, which is as it was taken. */
  readonly changes: readonly (readonly string[])[];
}

export interface SampleOptions {
  readonly seed: number;
  /** Images shown, each in a row; default 4. */
  readonly rows?: number | undefined;
  /** Crops beside each image; default 6. */
  readonly columns?: number | undefined;
  /** Draw the outlines of the labels; default false. */
  readonly outlines?: boolean | undefined;
  readonly mode?: SegmentationConfig["augment"]["mode"] | undefined;
}

/** Images above this are not opened for a picture: a preview must answer within a second or two. */
const previewPixelsMax = 2 ** 24;

interface Shown {
  readonly config: SegmentationConfig;
  readonly mpp: PixelSize | null;
  readonly facts: readonly ItemFacts[];
  readonly load: (id: string) => Promise<TrainingItem>;
}

async function openDataset(
  store: Store,
  dataset: DatasetVersionDetail,
  mode: SampleOptions["mode"] = "domain",
): Promise<Shown> {
  const settings = await readDatasetSettings(store, dataset);
  const config = defaultSegmentationConfig({ ...settings, augment: { mode } });
  const { train, mpp } = await openSources(store, dataset, config);
  return { config, mpp, facts: train.facts, load: (id) => train.load(id) };
}

/**
 * The plans that a training on a dataset version would use, by family, the most frequent first.
 *
 * @throws FoundryError `training.config` as a training would. Cost: facts of the version's images.
 */
export async function augmentPlansOf(
  store: Store,
  dataset: DatasetVersionDetail,
  mode?: SampleOptions["mode"],
): Promise<PlannedImages[]> {
  const shown = await openDataset(store, dataset, mode);
  const plans = shown.facts.map((facts) => planOfItem(shown.config, shown.mpp, facts));
  return [...Map.groupBy(plans, ({ family }) => family).values()]
    .map((own) => ({
      plan: own[0] as AugmentPlan,
      words: planWords(own[0] as AugmentPlan),
      images: own.length,
    }))
    .sort((a, b) => b.images - a.images);
}

/**
 * Sample crops of training images of a dataset version, of every family first, then by chance.
 *
 * @throws FoundryError `dataset.empty` when no training image is small enough to show; as `augmentPlansOf`.
 */
export async function datasetAugmentSamples(
  store: Store,
  dataset: DatasetVersionDetail,
  options: SampleOptions,
): Promise<AugmentSamples> {
  return samplesOf(await openDataset(store, dataset, options.mode), options);
}

/** Sample crops of one image, with its present labels. @throws FoundryError `image.notFound`, `limit.pixels`. */
export async function imageAugmentSamples(
  store: Store,
  imageId: string,
  options: SampleOptions,
): Promise<AugmentSamples & { readonly plan: PlanWords }> {
  const image = await getImage(store, imageId);
  if (image.height * image.width > previewPixelsMax) {
    throw new FoundryError("limit.pixels", {
      message: `The image has ${image.height} x ${image.width} pixels, more than a preview opens (${previewPixelsMax}).`,
      hint: "Choose a smaller image of the same kind.",
    });
  }
  const known = image.channels.filter(({ role }) => role !== "other");
  const roles = known.length === 0 ? (["nuclear"] as const) : known.map(({ role }) => role);
  const config = defaultSegmentationConfig({
    channels: [...new Set(roles)].map((role) => ({ role, required: true })),
    augment: { mode: options.mode ?? "domain" },
  });
  const choice = chooseChannels(image.channels, config.channels);
  const [layer] = image.layers;
  const pixels = await readImageArray(store, imageId);
  const { modality, platform, kind } = image.metadata;
  const item: TrainingItem = {
    id: image.id,
    image: pixels,
    ...(choice.state === "chosen" && choice.indices !== null ? { channels: choice.indices } : {}),
    labels: layer === undefined ? {} : { [layer.compartment]: await renderHead(store, layer.id) },
    group: image.group,
    mpp: image.mpp,
    terms: imageTermReader(await loadVocabulary(store))(await readImageTerms(store, image)),
    modality,
    platform,
    kind,
  };
  const source = itemsInMemory([item]);
  const shown = { config, mpp: item.mpp, facts: source.facts, load: source.load };
  const plan = planOfItem(config, item.mpp, item);
  return { ...(await samplesOf(shown, { ...options, rows: 1 })), plan: planWords(plan) };
}

/** Side of a tile; crops have it too, so that pixels are seen as they are. */
const tilePx = 128;

async function samplesOf(shown: Shown, options: SampleOptions): Promise<AugmentSamples> {
  const { seed, rows = 4, columns = 6, outlines = false } = options;
  const made: { row: SampleRow; crops: AugmentSampleCrop[] }[] = [];
  for (const facts of chooseShown(shown, rows, seed)) {
    made.push(await rowOf(shown, facts, columns, seed));
  }
  const picture = drawSampleGrid(
    made.map(({ crops }) => crops),
    tilePx,
    { outlines },
  );
  return { picture, rows: made.map(({ row }) => row) };
}

async function rowOf(
  { config, mpp, load }: Shown,
  facts: ItemFacts,
  columns: number,
  seed: number,
): Promise<{ row: SampleRow; crops: AugmentSampleCrop[] }> {
  const plan = planOfItem(config, mpp, facts);
  const item = await load(facts.id);
  const normalisation = {
    kind: "percentile",
    low: config.percentileLow,
    high: config.percentileHigh,
  } as const;
  const prepared = prepareItem(item, { channels: config.channels, normalisation, mpp });
  const labels = Object.values(prepared.labels);
  const source = {
    planes: prepared.planes,
    roles: config.channels.map(({ role }) => role),
    labels,
    places: labels.flatMap(middlesOf),
  };
  const crops = Array.from({ length: columns }, (_, i) =>
    augmentSample(source, plan, tilePx, rng(seed, "preview", facts.id, i)),
  );
  const all = [plainSample(source, tilePx, rng(seed, "preview", facts.id, "as it is")), ...crops];
  const changes = all.map(({ made }) => [...new Set(made.map(({ name }) => name))]);
  return { row: { imageId: facts.id, family: plan.family, changes }, crops: all };
}

/** Middles of the boxes of objects: an empty crop shows nothing. */
function middlesOf(labels: LabelImage): { y: number; x: number }[] {
  const { boxes } = indexLabels(labels);
  return Array.from({ length: boxes.length / 4 }, (_, k) => {
    const [y0 = 0, x0 = 0, y1 = 0, x1 = 0] = boxes.subarray(4 * k, 4 * k + 4);
    return { y: (y0 + y1 - 1) / 2, x: (x0 + x1 - 1) / 2 };
  });
}

/** Images to show: one of each family, then others, all by chance. */
function chooseShown({ config, mpp, facts }: Shown, count: number, seed: number): ItemFacts[] {
  const small = facts.filter(({ height, width }) => height * width <= previewPixelsMax);
  if (small.length === 0) {
    throw new FoundryError("dataset.empty", {
      message: "There is no training image that is small enough for a preview.",
      hint: `A preview opens images of up to ${previewPixelsMax} pixels.`,
    });
  }
  const shuffled = rng(seed, "preview images").shuffle(small);
  const families = new Set<string>();
  const first = shuffled.filter((one) => {
    const { family } = planOfItem(config, mpp, one);
    return !families.has(family) && families.add(family);
  });
  return [...first, ...shuffled.filter((one) => !first.includes(one))].slice(0, count);
}
