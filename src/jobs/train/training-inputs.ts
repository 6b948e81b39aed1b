/**
 * What a training run reads: frozen items, prepared from their metadata, and its stored configuration.
 *
 * Before the first step only facts are read, so that every refusal comes at once and names what to do; pixels are read
 * when a crop is cut from them.
 */

import { FoundryError } from "#core/errors.ts";
import { balanceWeights, cellSizesNeeded, planScales, type ScalePlan } from "#core/prepare/index.ts";
import { parseSplitView } from "#core/select/index.ts";
import {
  assertConfig,
  type InputContract,
  type ItemFacts,
  type ItemSource,
  imageTermReader,
  type SegmentationConfig,
} from "#nn/index.ts";
import {
  type DatasetItem,
  type DatasetVersionDetail,
  datasetItemsInView,
  type ImageFacts,
  loadVocabulary,
  readImageFacts,
  readTrainingItem,
  type Store,
  type TrainingRun,
} from "#store/index.ts";
import { chooseChannels } from "../channels.ts";
import { medianCellDiameters } from "./cell-sizes.ts";
import { itemPerCompartment } from "./dataset-settings.ts";
import { compartmentOf, layerReviews, type ReviewsOfImage, readReviews } from "./partial-items.ts";

export interface TrainingSources {
  readonly train: ItemSource;
  readonly validation: ItemSource;
  /** Labelled cells of each image, by its id. */
  readonly cells: ReadonlyMap<string, number>;
  /** µm per pixel that the images are brought to; null where cells decide. */
  readonly mpp: ItemFacts["mpp"];
  /** What was done to the images, in words. */
  readonly notes: string[];
}

interface PreparedFacts {
  /** Of one image: one for each compartment that has labels. */
  readonly items: readonly [DatasetItem, ...DatasetItem[]];
  readonly facts: ItemFacts;
  readonly channels: readonly (number | null)[] | null;
  /** What a person vouched for, by compartment; absent where it is everything. */
  readonly reviews: ReviewsOfImage;
}

interface SourceOptions {
  readonly view?: string | undefined;
  /** Of the model that is trained on: cells come to the size it knows. */
  readonly base?: InputContract | null | undefined;
}

/**
 * Items for training and validation in a view of a version.
 *
 * Memory: facts of the items only. Where cells decide the scale, their labels are read once. Order does not matter to a run: it draws by name.
 * @throws FoundryError `training.config` when a channel cannot be told or pixel sizes are partly unknown.
 */
export async function openSources(
  store: Store,
  dataset: DatasetVersionDetail,
  config: SegmentationConfig,
  { view = "whole", base = null }: SourceOptions = {},
): Promise<TrainingSources> {
  const items = (await datasetItemsInView(store, dataset, parseSplitView(view)))
    .flatMap(itemPerCompartment)
    .filter((item) => item.role !== "test" && config.compartments.includes(compartmentOf(item)));
  const images = await readImageFacts(
    store,
    items.map(({ imageId }) => imageId),
  );
  const chosen = chooseAll(items, images, config);
  const scaled = await scaleAll(store, items, config, base);
  const weights = balanceWeights(items, config.balance);
  const byImage = Map.groupBy(items.entries(), ([, { imageId }]) => imageId);
  const readTerms = imageTermReader(await loadVocabulary(store));
  const prepared: PreparedFacts[] = [];
  for (const entries of byImage.values()) {
    const [i, item] = entries[0] as [number, DatasetItem];
    const image = images.get(item.imageId) as ImageFacts;
    const { modality, platform, kind } = item.strata;
    const { reviews, places } = await readReviews(
      store,
      entries.map(([, one]) => one),
      image,
      config,
    );
    prepared.push({
      items: [item, ...entries.slice(1).map(([, other]) => other)],
      channels: chosen[i] ?? null,
      facts: {
        id: item.imageId,
        group: item.group,
        height: image.height,
        width: image.width,
        mpp: scaled.images[i]?.mpp ?? null,
        scale: scaled.images[i]?.scale ?? 1,
        weight: weights[i] ?? 1,
        terms: readTerms(item.terms),
        modality,
        platform,
        kind,
        places,
      },
      reviews,
    });
  }
  const of = (role: string): ItemSource =>
    sourceOf(
      store,
      prepared.filter(({ items: [item] }) => item.role === role),
    );
  const cells = new Map(
    prepared.map(({ facts, items: own }) => [facts.id, Math.max(...own.map(({ cellCount }) => cellCount))]),
  );
  return { train: of("train"), validation: of("validation"), cells, mpp: scaled.target, notes: scaled.notes };
}

function sourceOf(store: Store, prepared: readonly PreparedFacts[]): ItemSource {
  const byId = new Map(prepared.map((one) => [one.facts.id, one]));
  return {
    facts: prepared.map(({ facts }) => facts),
    async load(id) {
      const { items, facts, channels, reviews } = byId.get(id) as PreparedFacts;
      const read = await Promise.all(items.map((item) => readTrainingItem(store, item)));
      const [{ image }] = read as [(typeof read)[number]];
      return {
        id,
        image,
        ...(channels === null ? {} : { channels }),
        labels: Object.fromEntries(items.map((item, i) => [compartmentOf(item), read[i]?.labels])),
        review: layerReviews(reviews, facts),
        group: facts.group,
        mpp: facts.mpp,
        scale: facts.scale,
      };
    },
  };
}

/** Images named in a refusal. */
const namedMax = 5;

function chooseAll(
  items: readonly DatasetItem[],
  images: ReadonlyMap<string, ImageFacts>,
  { channels }: SegmentationConfig,
): (readonly (number | null)[] | null)[] {
  const open: string[] = [];
  const chosen = items.map((item) => {
    const choice = chooseChannels(images.get(item.imageId)?.channels ?? [], channels);
    if (choice.state === "chosen") return choice.indices;
    open.push(`"${item.name}": ${choice.question}`);
    return null;
  });
  if (open.length === 0) return chosen;
  throw new FoundryError("training.config", {
    message: `Of ${open.length} images the channel for the model cannot be told. ${open[0]}.`,
    hint: "State the role of the channels of these images, then freeze and train again.",
    details: { images: open.slice(0, namedMax), count: open.length },
  });
}

async function scaleAll(
  store: Store,
  items: readonly DatasetItem[],
  config: SegmentationConfig,
  base: InputContract | null,
): Promise<Pick<ScalePlan, "target" | "images"> & { readonly notes: string[] }> {
  const wishes = {
    unknown: config.unknownPixelSize,
    // A base sees cells as large as it learnt them.
    target: base === null ? config.mpp : base.mpp,
    cellDiameterPx:
      base === null ? (config.cellDiameterPx ?? null) : (base.range?.cellDiameterPx?.median ?? null),
  };
  const needed = cellSizesNeeded(items, wishes);
  const measured = needed === "each" ? items : needed === "some" ? evenly(items, MEASURED_MAX) : [];
  const sizes = await medianCellDiameters(store, measured);
  const plan = planScales(
    items.map(({ mpp, group, cellCount, layerRevisionId }) => ({
      mpp,
      group,
      cellCount,
      diameterPx: sizes.get(layerRevisionId) ?? null,
    })),
    wishes,
  );
  if (plan.refused > 0) {
    throw new FoundryError("training.config", {
      message: `${plan.refused} of ${items.length} images do not state the size of their pixels, the others do.`,
      hint:
        config.unknownPixelSize === "fromCells"
          ? "They hold no cells to take it from. Enter the pixel size on the page of these images, or leave them out."
          : 'Enter it on the page of these images, leave them out with the query, or set {"unknownPixelSize":"fromCells"} to take it from the size of their cells.',
      details: { count: plan.refused },
    });
  }
  return {
    target: plan.target,
    images: plan.images,
    notes: scaleNotes(plan, items, wishes.cellDiameterPx),
  };
}

// The median size of cells of more images than this differs in the third digit only.
const MEASURED_MAX = 200;

function evenly<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, i) => list[Math.floor(((i + 0.5) * list.length) / count)] as T);
}

function scaleNotes(
  { fromCells, target }: ScalePlan,
  items: readonly DatasetItem[],
  cellDiameterPx: number | null,
): string[] {
  if (fromCells > 0 && fromCells === items.length)
    return [`Each image was scaled so that its median cell is ${cellDiameterPx} pixels across.`];
  if (fromCells > 0)
    return [`${fromCells} images do not state their pixel size; it was taken from the size of their cells.`];
  return target === null ? ["No image states its pixel size; none was rescaled."] : [];
}

/** The configuration a run was started with. @throws FoundryError `training.config` when it does not fit this program. */
export function configOf(run: TrainingRun): SegmentationConfig {
  const config = run.config as unknown as SegmentationConfig;
  assertConfig(config);
  return config;
}
