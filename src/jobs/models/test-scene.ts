/**
 * A made-up image with round bright cells on a dark ground: the test input and the cover of an exported model.
 *
 * Never an image of a user: a package is made to be passed on. Seeded, so that a version always gives the same package.
 */
import { rng } from "#core/rng.ts";
import type { AxesTensor } from "#nn/index.ts";

/** One cell per this many pixels of the plane. */
const PIXELS_PER_CELL = 1400;

/** @returns counts of a 16-bit camera as float32, axes channel, y, x. Cost: O(pixels x channels). */
export function testScene(channels: number, height: number, width: number): AxesTensor {
  const random = rng("model test scene", channels, height, width);
  const data = new Float32Array(channels * height * width);
  const cells = Array.from({ length: Math.max(1, Math.round((height * width) / PIXELS_PER_CELL)) }, () => ({
    y: random.next() * height,
    x: random.next() * width,
    radius: 6 + 6 * random.next(),
    light: 1500 + 4000 * random.next(),
  }));
  for (let c = 0; c < channels; c++) {
    const plane = data.subarray(c * height * width, (c + 1) * height * width);
    for (let i = 0; i < plane.length; i++)
      plane[i] = Math.round(400 + 60 * (random.next() + random.next() - 1));
    // A second channel shows the surroundings of the first one's cells.
    const wider = 1 + 0.6 * c;
    for (const { y, x, radius, light } of cells) {
      const reach = radius * wider + 4;
      for (let py = Math.max(0, Math.floor(y - reach)); py < Math.min(height, y + reach); py++) {
        for (let px = Math.max(0, Math.floor(x - reach)); px < Math.min(width, x + reach); px++) {
          const edge = radius * wider - Math.hypot(py - y, px - x);
          const share = 1 / (1 + Math.exp(-2 * edge));
          const at = py * width + px;
          plane[at] = Math.max(
            plane[at] as number,
            Math.round(400 + light * share * (0.9 + 0.2 * random.next())),
          );
        }
      }
    }
  }
  return { axes: ["channel", "y", "x"], shape: [channels, height, width], data };
}
