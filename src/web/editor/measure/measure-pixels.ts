/** Measures cells with pixels read piece by piece: what the worker does, apart from being one. */

import { dtypeOf, type Plane } from "#core/array/index.ts";
import { createMeasurer, type MeasureTable } from "#core/measure/index.ts";
import type { ImagePyramid } from "../pixels/pixel-source.ts";
import type { MeasureAsk } from "./measure-messages.ts";
import { unpackShapes } from "./pack-shapes.ts";

/**
 * @param onProgress  hears a share of 0..1 after each piece of pixels.
 * @throws FoundryError of the measuring and of the reading. Cost: O(pixels of all cells x channels); memory: one piece.
 */
export async function measurePixels(
  ask: MeasureAsk,
  pyramid: Pick<ImagePyramid, "readRegion">,
  onProgress: (share: number) => void,
): Promise<MeasureTable> {
  const shapes = unpackShapes(ask.cells);
  const measurer = createMeasurer(
    ask.ids.map((id, i) => ({ id, shape: shapes[i] as (typeof shapes)[number] })),
    {
      height: ask.height,
      width: ask.width,
      mpp: ask.mpp,
      channels: ask.channels,
      neighbourDistance: ask.neighbourDistance,
      nuclei: ask.nuclei === null ? null : unpackShapes(ask.nuclei),
    },
  );
  const total = measurer.groups.length * ask.channels.length;
  let done = 0;
  for (const group of measurer.groups) {
    const [y0, x0, y1, x1] = group.box;
    for (let c = 0; c < ask.channels.length; c++) {
      const { data } = await pyramid.readRegion({ t: group.t, z: group.z, c }, y0, x0, y1, x1);
      const dtype = dtypeOf(data) ?? "float32";
      const plane = { dtype, height: y1 - y0, width: x1 - x0, data } as Plane;
      measurer.addLight(group, c, { y0, x0, plane });
      done++;
      onProgress(done / total);
    }
  }
  return measurer.finish();
}
