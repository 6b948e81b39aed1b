/** Rows of a stored image that is too large for memory, as a model takes them. */
import { axisLength, type Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { finite, luminance, type RowSource } from "#nn/index.ts";
import type { ArrayFile } from "#store/index.ts";
import type { InputChannels } from "./input-channels.ts";

/** Channels of a photograph: red, green, blue. */
const COLOURS = [0, 1, 2];

/**
 * @param file  open as long as rows are read. @param name  of the image, for messages.
 * @throws FoundryError `array.axes` for several frames or focal planes.
 */
export function rowsOfStored({ form, readBox }: ArrayFile, channels: InputChannels, name: string): RowSource {
  if (axisLength(form, "t") > 1 || axisLength(form, "z") > 1) {
    throw new FoundryError("array.axes", {
      message: `${name} has axes ${form.axes}; a model for planes takes one frame and one plane of an image of this size.`,
      hint: "Import the frame and plane to be segmented as an image of its own.",
    });
  }
  const [height, width] = [axisLength(form, "y"), axisLength(form, "x")];
  const read = async (c: number, y0: number, rows: number): Promise<Plane> => {
    const data = await readBox(c, [y0, 0, y0 + rows, width]);
    return finite({ dtype: form.dtype, height: rows, width, data } as Plane, name, [y0, 0]);
  };
  const indices = channels === "luminance" ? [0] : channels.indices;
  return {
    height,
    width,
    present: indices.map((c) => c !== null),
    blockHeight: 1,
    async readRows(c, y0, rows) {
      if (channels !== "luminance") return read(indices[c] ?? 0, y0, rows);
      return luminance(await Promise.all(COLOURS.map((colour) => read(colour, y0, rows))));
    },
  };
}
