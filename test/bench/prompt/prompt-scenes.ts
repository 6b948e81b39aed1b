/**
 * The labelled images that the prompt tool learns from and is judged on, in families, with the role of each group.
 *
 * Nuclei of the Data Science Bowl (CC0), cells in phase contrast (Usiigaci, MIT; a C2C12 film, CC BY 4.0), and simulated
 * tissue and cultures (CC0). Groups of the sample images that ship are never learnt from, and of tissue neither is one
 * platform, nor any scene of the numbers that are judged.
 */
import { channelPlane, type LabelImage, type Plane } from "#core/array/index.ts";
import { type MovieDensity, movieDensities, simulateMovie } from "#core/movie/index.ts";
import { simulateTissue, tissuePlatforms } from "#core/tissue/index.ts";
import { augmentPlanFor } from "../../../src/nn/augment/index.ts";
import { channelsForModel, type TrainingItem } from "../../../src/nn/index.ts";
import { cellPx, type PromptScene } from "../../../src/nn/prompt/index.ts";
import { families as realFamilies } from "../real-items.ts";

type SceneRole = "train" | "test";

/** Never learnt from: groups of the sample images, one of histology, two sets of phase contrast, a platform of tissue. */
const testGroups: readonly string[] = [
  ...["f256.03", "f256.07", "f320.01", "f520.01", "f520.04", "f520.05"],
  ...["he320.08", "set18", "set6"],
];
const testPlatform = "MIBI";

/** Shares of the examples in training. */
export const familyShares = { nuclei: 0.45, phase: 0.2, tissue: 0.25, culture: 0.1 } as const;

/** Some changes are planned in µm; cells of 10 and of 16 µm are brought to one size. */
const mppOf = (diameterUm: number): number => diameterUm / cellPx;

const roleOf = (group: string): SceneRole => (testGroups.includes(group) ? "test" : "train");

const oneChannel = { channels: [{ role: "other" }] };

function sceneOf({ id, group, image, labels, kind = "" }: TrainingItem, family: string): PromptScene {
  const labelled = (labels.nuclear ?? labels.wholeCell) as LabelImage;
  return {
    ...{ id, group, family, labels: labelled, nuclear: null },
    outline: channelPlane(channelsForModel(image, oneChannel), {}),
    augment: augmentPlanFor({ kind, mppUm: mppOf(family === "phase" ? 16 : 9) }),
  };
}

async function realScenes(data: string, role: SceneRole): Promise<PromptScene[]> {
  const read = async (family: "nuclei" | "phase"): Promise<PromptScene[]> =>
    ((await realFamilies[family]?.items(data)) ?? [])
      .filter(({ group }) => roleOf(group) === role)
      .map((item) => sceneOf(item, family));
  return [...(await read("nuclei")), ...(await read("phase"))];
}

const scenesPerPlatform = { train: 9, test: 3 } as const;
const tissueSide = 288;

/** Whole cells by their membrane with and without nuclei beside, and nuclei alone, in turn. */
function tissueScene(platform: (typeof tissuePlatforms)[number], number: number): PromptScene {
  const wishes = { platform, density: 0.25 + 0.09 * (number % 9), height: tissueSide, width: tissueSide };
  const { planes, nuclei, cells } = simulateTissue(wishes, `prompt ${platform} ${number}`);
  const [nuclear, second] = planes.map(({ data }) => data as Plane);
  const ofNuclei = number % 4 === 3;
  return {
    id: `tissue ${platform} ${number}`,
    group: `tissue ${platform}${ofNuclei ? ", nuclei" : ""}`,
    family: "tissue",
    outline: (ofNuclei ? nuclear : second) as Plane,
    nuclear: number % 4 < 2 ? (nuclear as Plane) : null,
    labels: ofNuclei ? nuclei : cells,
    augment: augmentPlanFor({ kind: "fluorescence", platform, mppUm: mppOf(12) }),
  };
}

function cultureScene(number: number): PromptScene {
  const densities = Object.keys(movieDensities) as MovieDensity[];
  const look = number % 3 === 0 ? "nuclear" : "phase";
  const density = densities[number % densities.length] as MovieDensity;
  const { frames } = simulateMovie(
    { look, density, height: 256, width: 256, frameCount: 1 },
    `prompt ${number}`,
  );
  const { image, labels } = frames.next().value as { image: Plane; labels: LabelImage };
  return {
    id: `culture ${number}`,
    group: `culture ${look}`,
    family: "culture",
    outline: image,
    nuclear: null,
    labels,
    augment: augmentPlanFor({ kind: look === "phase" ? "phase" : "fluorescence", mppUm: mppOf(12) }),
  };
}

/** Numbers of scenes that are judged begin here. */
const firstTest = 1000;

function simulatedScenes(role: SceneRole): PromptScene[] {
  const [first, each] = [role === "train" ? 0 : firstTest, scenesPerPlatform[role]];
  const numbers = Array.from({ length: each }, (_, i) => first + (role === "train" ? i : 3 * i));
  const tissue = tissuePlatforms
    .filter((platform) => role === "test" || platform !== testPlatform)
    .flatMap((platform) => numbers.map((number) => tissueScene(platform, number)));
  return [...tissue, ...(role === "train" ? Array.from({ length: 18 }, (_, i) => cultureScene(i)) : [])];
}

/** All scenes of a role. @param data  folder with dsb2018, dsb2018-more, usiigaci-phase, phase-c2c12-timelapse. */
export async function promptScenes(data: string, role: SceneRole): Promise<PromptScene[]> {
  return [...(await realScenes(data, role)), ...simulatedScenes(role)];
}
