/**
 * The table of what happens to which kind of image, how often and how strong.
 *
 * Each row has its physics or its paper; the functions themselves are in `changes/`. Chances are such that a crop gets
 * two or three changes and some none: most crops should look like images that are there. Ranges are for intensities normalised by percentiles, so 1 is the
 * brightest structure of the image.
 */
import type { ChangeName } from "./changes/index.ts";
import type { AugmentFamily, DrawnRange, PlannedChange } from "./plan.ts";
import type { Lengths } from "./plan-for.ts";

type Rows = readonly PlannedChange[];

const row = (
  name: ChangeName,
  chance: number,
  ranges: Readonly<Record<string, DrawnRange>>,
  why: string,
): PlannedChange => ({ name, chance, ranges, why });

/** Exposure for every kind: what is left after normalisation, because one bright object decides where 1 is. */
const exposure = (gain: number, offset: number, gamma: number): Rows => [
  row(
    "gain",
    0.5,
    { factor: [1 / gain, gain] },
    "The brightest object of a field decides what full scale means.",
  ),
  row("offset", 0.3, { level: [-offset, offset] }, "Black level and medium differ between days."),
  row("gamma", 0.4, { power: [1 / gamma, gamma] }, "Exported pictures are often bent for the screen."),
];

/** What any lens and camera can do. */
const safe = (): Rows => [
  row("blur", 0.25, { sigmaPx: [0, 1.2] }, "Every lens can be a little out of focus."),
  row("sensorNoise", 0.4, { deviation: [0, 0.06] }, "Every camera has noise."),
  ...exposure(1.5, 0.1, 1.5),
];

/** A lens of 0.3 instead of 1.4 NA adds 0.35 µm; a few focal depths off add as much again. */
const lensUm = 0.5;

/** Blur in pixels of the model: an image that was taken coarser than this hides it anyway. */
const lensPx = (lengths: Lengths): number => Math.min(4, Math.max(0.5, lengths.px(lensUm, 1.5)));

const photons = (low: number, high: number): PlannedChange =>
  row(
    "photonNoise",
    0.4,
    { photons: [low, high], background: [0.02, 0.2], readout: [0, 0.02] },
    "Live imaging spends tens of photons on a pixel, fixed slides thousands.",
  );

/** Light from planes out of focus. */
const haze = (lengths: Lengths, chance: number, why: string): PlannedChange =>
  row("haze", chance, { share: [0.1, 0.5], sigmaPx: range(lengths, 2, 8, [5, 20]) }, why);

const lens = (lengths: Lengths, chance: number, why: string): PlannedChange =>
  row("blur", chance, { sigmaPx: [0, lensPx(lengths)] }, why);

const fluorescence = (lengths: Lengths): Rows => [
  row(
    "autofluorescence",
    0.15,
    { level: [0.02, 0.25], spacingPx: range(lengths, 4, 30, [12, 80]) },
    "Medium, plastic and cytoplasm glow.",
  ),
  haze(
    lengths,
    0.2,
    "Widefield images of anything thick hold light from other planes; it is what joins dense nuclei.",
  ),
  lens(lengths, 0.3, "Lenses from 0.3 to 1.4 NA, and focus off by their depth."),
  row("unevenIllumination", 0.15, { loss: [0.1, 0.6] }, "Lamps fall off towards the corners, lasers more."),
  row("backgroundGradient", 0.15, { height: [0.03, 0.3] }, "The meniscus of a well and stray light."),
  row("bleachedPatch", 0.03, { kept: [0.4, 0.9] }, "Overlaps of tiles are exposed twice."),
  ...exposure(1.6, 0.1, 1.8),
  // Fewer than 60 photons in the brightest nucleus leave nothing of the dim ones for a person to outline.
  photons(60, 3000),
  row(
    "saturation",
    0.06,
    { level: [0.5, 0.95] },
    "Exposed for the dim cells, the bright ones hit the end of the scale.",
  ),
];

/** What can happen to any panel of markers. */
const markers = (spill: number, why: string): Rows => [
  row("markerSwap", 0.1, {}, "Panels use different antibodies for the membrane."),
  row("channelDropout", 0.1, {}, "A marker can be missing or have failed; the nuclear one is kept."),
  row("spillOver", 0.2, { share: [0, spill] }, why),
];

const multiplexed = (lengths: Lengths): Rows => [
  ...markers(0.15, "Spectra overlap by some percent."),
  row(
    "autofluorescence",
    0.25,
    { level: [0.05, 0.35], spacingPx: range(lengths, 4, 40, [12, 80]) },
    "Fixed tissue glows: collagen, red blood cells, lipofuscin.",
  ),
  haze(lengths, 0.25, "Sections are thicker than the depth of focus."),
  lens(lengths, 0.25, "Slide scanners use 0.4 to 0.95 NA and find their focus by field."),
  row("unevenIllumination", 0.15, { loss: [0.05, 0.4] }, "Tiles of a mosaic are darker at their edges."),
  row("bleachedPatch", 0.06, { kept: [0.4, 0.9] }, "Tiles overlap and are exposed twice, in each cycle."),
  ...exposure(1.8, 0.1, 1.8),
  photons(50, 5000),
  row("saturation", 0.06, { level: [0.4, 0.95] }, "One exposure serves bright and dim cells."),
];

const ions = (): Rows => [
  ...markers(0.1, "Isotopes are impure and oxides weigh as much as the next channel."),
  // The laser or ion beam is a spot of about one pixel: there is no lens and hardly any blur.
  row("blur", 0.15, { sigmaPx: [0, 0.7] }, "The spot that is vaporised is about one pixel wide."),
  ...exposure(2, 0.05, 1.8),
  row(
    "ionCounts",
    0.5,
    { ions: [4, 200], sparks: [0, 0.002] },
    "A pixel counts a handful of ions; the detector sparks now and then.",
  ),
];

/** A dish under transmitted light; only the reason for the slope differs. */
const dish = (lengths: Lengths, slope: string): Rows => [
  lens(lengths, 0.25, "Dishes are focused by hand."),
  row("illuminationGradient", 0.3, { slope: [0.05, 0.5] }, slope),
  ...exposure(1.4, 0.15, 1.5),
  row(
    "sensorNoise",
    0.4,
    { deviation: [0.005, 0.06] },
    "Transmitted light is bright, so the noise is the camera's.",
  ),
];

const phase = (lengths: Lengths): Rows => [
  row(
    "halo",
    0.4,
    { strength: [-0.5, 1], sigmaPx: range(lengths, 2, 10, [4, 16]) },
    "Focus, condenser and phase ring decide how strong and wide halos are.",
  ),
  row(
    "contrastInversion",
    0.1,
    {},
    "Negative phase contrast shows cells bright; DIC turns over with its bias.",
  ),
  ...dish(lengths, "The meniscus bends the light near the wall of a well."),
];

/** Nuclei are seen in bright field because they are stained, so they stay dark; unstained cells turn over with focus. */
const brightfield = (lengths: Lengths, nuclear: boolean): Rows => [
  nuclear
    ? row(
        "stainStrength",
        0.6,
        { amount: [0.6, 1.6], wash: [-0.05, 0.1], hue: [0, 0.1] },
        "Nuclei that show in bright field are stained, in each laboratory a little differently.",
      )
    : row(
        "contrastInversion",
        0.25,
        {},
        "Focused above instead of below, unstained cells turn from dark to bright.",
      ),
  row(
    "halo",
    0.4,
    { strength: [-0.8, 1.2], sigmaPx: range(lengths, 1, 6, [2, 10]) },
    "Contrast of unstained cells is defocus times curvature (Teague 1983).",
  ),
  ...dish(lengths, "Köhler illumination is rarely centred."),
];

const histology = (lengths: Lengths): Rows => [
  row(
    "stainStrength",
    0.7,
    { amount: [0.6, 1.6], wash: [-0.05, 0.1], hue: [0, 0.15] },
    "Each laboratory has its own haematoxylin, times and thickness (Tellez et al. 2019).",
  ),
  lens(lengths, 0.3, "Scanners lose focus on folds."),
  row(
    "illuminationGradient",
    0.15,
    { slope: [0.02, 0.2] },
    "Scanners correct their light, cameras on eyepieces do not.",
  ),
  ...exposure(1.3, 0.1, 1.3),
  row("sensorNoise", 0.3, { deviation: [0.005, 0.04] }, "Cameras, and blocks of JPEG."),
];

/** Lengths in µm as pixels, kept above one pixel and below what a crop can show; without a pixel size the guess. */
function range(lengths: Lengths, lowUm: number, highUm: number, guess: DrawnRange): DrawnRange {
  const low = Math.min(64, Math.max(2, lengths.px(lowUm, guess[0])));
  return [low, Math.max(low, Math.min(96, lengths.px(highUm, guess[1])))];
}

/** @param nuclear  whether nuclei are what is looked for. */
export function plannedChanges(family: AugmentFamily, lengths: Lengths, nuclear: boolean): Rows {
  switch (family) {
    case "fluorescence":
      return fluorescence(lengths);
    case "multiplexed":
      return multiplexed(lengths);
    case "ions":
      return ions();
    case "phase":
      return phase(lengths);
    case "brightfield":
      return brightfield(lengths, nuclear);
    case "histology":
      return histology(lengths);
    case "unknown":
      return safe();
  }
}
