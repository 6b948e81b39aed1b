/**
 * Stained slides: more or less haematoxylin and eosin, in optical density.
 *
 * Absorbing stains add up as optical densities, -ln(light that gets through), along one direction of colour per stain
 * (Ruifrok, Johnston 2001). Changing the amount of each stain, and its colour a little, makes slides of another laboratory
 * (Tellez et al. 2018; 2019). With red, green and blue the two stains are changed apart; a grey picture only knows the sum,
 * so its density is changed as a whole, which is the same change seen by a grey camera.
 */
import type { Rng } from "#core/rng.ts";
import { type Change, type FloatPlane, mapped, strength, withData } from "./change.ts";

// Normalised 0 is the darkest percentile, which still lets this share of the light through.
const DARKEST = 0.1;

const densityOf = (value: number): number => -Math.log(DARKEST + (1 - DARKEST) * Math.max(0, value));
const lightOf = (density: number): number => (Math.exp(-density) - DARKEST) / (1 - DARKEST);

type Colour = readonly [number, number, number];

/** Optical density of each stain in red, green and blue; the third is what neither explains. Ruifrok, Johnston 2001. */
const HAEMATOXYLIN: Colour = [0.65, 0.704, 0.286];
const EOSIN: Colour = [0.072, 0.99, 0.105];

export const stainStrength: Change = {
  about: "slide stained stronger or weaker",
  each: "image",
  strengths: {
    amount: { low: 0.2, high: 5, drawn: "byFactor", about: "times each stain" },
    wash: { low: -0.5, high: 0.5, drawn: "evenly", about: "even tint, as optical density" },
    hue: { low: 0, high: 0.5, drawn: "evenly", about: "how far the stains' colours turn" },
  },
  make: (planes, values, { random, roles }) => {
    const wash = strength(values, "wash");
    const amount = strength(values, "amount");
    if (planes.length === 3 && roles.every((role) => role === roles[0])) {
      // Two independent amounts around the drawn one: the stains fade apart.
      const apart = amount ** random.uniform(-1, 1);
      return restained(planes as readonly [FloatPlane, FloatPlane, FloatPlane], {
        amounts: [amount, apart, 1],
        wash,
        turned: [
          turn(random, HAEMATOXYLIN, strength(values, "hue")),
          turn(random, EOSIN, strength(values, "hue")),
        ],
      });
    }
    return mapped(planes, (value) => lightOf(amount * densityOf(value) + wash));
  },
};

function turn(random: Rng, colour: Colour, by: number): Colour {
  return unit(colour.map((part) => Math.max(0, part + by * random.uniform(-0.5, 0.5))) as unknown as Colour);
}

function unit(colour: Colour): Colour {
  const length = Math.hypot(...colour) || 1;
  return [colour[0] / length, colour[1] / length, colour[2] / length];
}

const cross = (a: Colour, b: Colour): Colour => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

interface Restaining {
  readonly amounts: Colour;
  readonly wash: number;
  /** New colours of haematoxylin and eosin. */
  readonly turned: readonly [Colour, Colour];
}

/** Density = amounts of the stains times their colours; takes them apart, changes them and puts them together again. */
function restained(
  planes: readonly [FloatPlane, FloatPlane, FloatPlane],
  { amounts, wash, turned }: Restaining,
): FloatPlane[] {
  const [h, e] = [unit(HAEMATOXYLIN), unit(EOSIN)];
  const rest = unit(cross(h, e));
  // Rows of the inverse of [h e rest]: each is perpendicular to the other two columns.
  const determinant = dot(h, cross(e, rest));
  const apart: readonly Colour[] = [cross(e, rest), cross(rest, h), cross(h, e)];
  const together: readonly Colour[] = [turned[0], turned[1], rest];
  const count = planes[0].data.length;
  const out = planes.map(() => new Float32Array(count));
  for (let i = 0; i < count; i++) {
    const density = planes.map(({ data }) => densityOf(data[i] as number)) as unknown as Colour;
    const found = apart.map((row, k) => (dot(row, density) / determinant) * (amounts[k] as number));
    for (let c = 0; c < 3; c++) {
      let sum = wash;
      for (let k = 0; k < 3; k++) sum += (found[k] as number) * ((together[k] as Colour)[c] as number);
      (out[c] as Float32Array)[i] = lightOf(Math.max(0, sum));
    }
  }
  return planes.map((plane, c) => withData(plane, out[c] as Float32Array));
}

const dot = (a: Colour, b: Colour): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
