/** Planes in the order of axes that a network takes. */
import type { AxesTensor, Tensor } from "#nn/index.ts";

/** @param axes letters b, c, y, x. @param planes axes channel, y, x. Copies only when channels come last. */
export function arrangeTensor(axes: string, planes: AxesTensor): Tensor {
  const [channels, height, width] = planes.shape as [number, number, number];
  const sizes: Readonly<Record<string, number>> = { b: 1, c: channels, y: height, x: width };
  const shape = [...axes].map((axis) => sizes[axis] as number);
  if (!axes.endsWith("c") || channels === 1) return { shape, data: planes.data };
  const pixels = height * width;
  const data = new Float32Array(planes.data.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < pixels; i++) data[i * channels + c] = planes.data[c * pixels + i] as number;
  }
  return { shape, data };
}
