/**
 * Simulated cells among the crops: other densities, sizes, brightnesses and cameras than a few labelled images can show.
 *
 * What a network has never met it misses, and groups of real images are few. Nuclei and cells of fluorescence come from
 * simulated tissue of every platform, nuclei and cells of cultures from frames of simulated movies. Scenes follow from the
 * configuration and their own number alone, so a run gives the same bytes again. Measured: docs/decisions/0037.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import { imageArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type MovieDensity, type MovieLook, movieDensities, simulateMovie } from "#core/movie/index.ts";
import { simulateTissue, tissuePlatforms } from "#core/tissue/index.ts";
import type { ChannelRole, Compartment, PixelSize } from "../contract/index.ts";
import { cellDiameters } from "../contract/index.ts";
import type { SegmentationConfig } from "./config.ts";
import type { ItemSource, LabelsByCompartment, TrainingItem } from "./items.ts";
import { itemsInMemory } from "./items.ts";

type Wants = Pick<
  SegmentationConfig,
  "channels" | "compartments" | "simulatedShare" | "cellDiameterPx" | "cropSize"
>;

/** What a scene shows, before it is decided which of it a model sees. */
interface Scene {
  readonly planes: readonly { readonly role: ChannelRole; readonly data: Plane<"uint8" | "uint16"> }[];
  readonly labels: LabelsByCompartment;
  readonly mpp: PixelSize;
  readonly kind: string;
}

interface SceneFamily {
  readonly name: string;
  readonly roles: readonly ChannelRole[];
  readonly compartments: readonly Compartment[];
  /** @param side  pixels; the same number gives the same scene. */
  make(number: number, side: number): Scene;
}

/** From places with single cells to packed ones. */
const tissueDensities = [0.25, 0.34, 0.43, 0.52, 0.61, 0.7, 0.79, 0.88, 0.97] as const;

const tissueFamilies: readonly SceneFamily[] = tissuePlatforms.map((platform) => ({
  name: `tissue ${platform}`,
  roles: ["nuclear", "membrane", "cytoplasm"],
  compartments: ["nuclear", "wholeCell"],
  make(number, side) {
    const density = tissueDensities[number % tissueDensities.length] as number;
    const wishes = { platform, density, height: side, width: side };
    const { planes, nuclei, cells, metadata } = simulateTissue(wishes, `${platform} ${number}`);
    return {
      planes,
      labels: { nuclear: nuclei, wholeCell: cells },
      mpp: metadata.mpp,
      kind: "fluorescence",
    };
  },
}));

const cultureFamily = (look: MovieLook, role: ChannelRole, compartment: Compartment): SceneFamily => ({
  name: `culture ${look}`,
  roles: [role],
  compartments: [compartment],
  make(number, side) {
    const densities = Object.keys(movieDensities) as MovieDensity[];
    const density = densities[number % densities.length] as MovieDensity;
    const wishes = { look, density, height: side, width: side, frameCount: 1 };
    const { frames, params } = simulateMovie(wishes, `${look} ${number}`);
    const frame = frames.next().value as { image: Plane<"uint8" | "uint16">; labels: LabelImage };
    return {
      planes: [{ role, data: frame.image }],
      labels: { [compartment]: frame.labels },
      mpp: { y: params.mppUm, x: params.mppUm },
      kind: look === "phase" ? "phase" : "fluorescence",
    };
  },
});

const families: readonly SceneFamily[] = [
  ...tissueFamilies,
  cultureFamily("nuclear", "nuclear", "nuclear"),
  cultureFamily("phase", "phase", "wholeCell"),
];

/** Families that show what the model outlines, in channels that it requires. */
const suitable = ({ channels, compartments }: Wants): SceneFamily[] =>
  families.filter(
    ({ roles, compartments: shown }) =>
      compartments.every((name) => shown.includes(name)) &&
      channels.every(({ role, required }) => !required || roles.includes(role)),
  );

/** Scenes are this much wider than crops, so that crops of one scene differ. */
const crops = 2.5;

/**
 * Simulated items for a configuration; without any when its share is 0.
 *
 * Cells come to the size that the configuration brings cells to, else the pixel size of the scene is told.
 *
 * @throws FoundryError `training.config` when nothing that can be simulated fits. Cost: some 0.2 s per scene, up to 63 of
 *         them, and their pixels in memory.
 */
export function simulatedItems(wants: Wants, scenesPerFamily: number = tissueDensities.length): ItemSource {
  // Runs of before this setting have none.
  if ((wants.simulatedShare ?? 0) === 0) return itemsInMemory([]);
  const chosen = suitable(wants);
  if (chosen.length === 0) {
    throw new FoundryError("training.config", {
      message: "Cells for these channels and compartments cannot be simulated.",
      hint: "Set simulatedShare to 0. Nuclei, and whole cells of tissue or phase contrast, can be simulated.",
      details: { channels: wants.channels, compartments: wants.compartments },
    });
  }
  const side = Math.round((wants.cropSize * crops) / 16) * 16;
  return itemsInMemory(
    chosen.flatMap((family) =>
      Array.from({ length: scenesPerFamily }, (_, i) => itemOf(family.name, i, family.make(i, side), wants)),
    ),
  );
}

function itemOf(family: string, number: number, scene: Scene, wants: Wants): TrainingItem {
  const { channels, compartments, cellDiameterPx } = wants;
  const [first] = scene.planes;
  const { height, width } = first?.data ?? { height: 0, width: 0 };
  const pixels = new Float32Array(scene.planes.length * height * width);
  scene.planes.forEach(({ data }, c) => {
    pixels.set(data.data, c * height * width);
  });
  const labels = Object.fromEntries(compartments.map((name) => [name, scene.labels[name]]));
  const diameters = cellDiameters(labels[compartments[0] as Compartment] as LabelImage);
  const median = diameters[diameters.length >> 1];
  const bySize = cellDiameterPx !== null && median !== undefined;
  return {
    // Sorts after the ids of images, and can be none of them.
    id: `~simulated ${family} ${number}`,
    group: `~simulated ${family}`,
    image: imageArray("float32", "cyx", [scene.planes.length, height, width], pixels),
    channels: channels.map(({ role }) => {
      const at = scene.planes.findIndex((plane) => plane.role === role);
      return at < 0 ? null : at;
    }),
    labels,
    mpp: bySize ? null : scene.mpp,
    scale: bySize ? cellDiameterPx / median : 1,
    kind: scene.kind,
  };
}
