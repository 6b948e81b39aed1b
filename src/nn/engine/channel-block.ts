/**
 * Finds out how many channels the runtime's convolution kernels take at once on this processor (16 with AVX-512, 8 with
 * AVX2, none elsewhere), by reordering a small image and looking where its second pixel has gone.
 */
import { encodeModel } from "../onnx/index.ts";
import type { Session, Tensor } from "./engine.ts";

// A multiple of every block in use.
const CHANNELS = 16;
const PIXELS = 2;

/** Channels 0 … 15 of two pixels, reordered into blocks. */
function probeModel(): Uint8Array {
  const shape = [1, CHANNELS, 1, PIXELS];
  const domain = "com.microsoft.nchwc";
  return encodeModel({
    graphName: "probe of channel blocks",
    producer: "Cell Foundry",
    documentation: "",
    opsets: { "": 17, [domain]: 1 },
    inputs: [{ name: "image", dtype: "float32", shape }],
    outputs: [{ name: "blocks", dtype: "float32", shape }],
    initialisers: [],
    nodes: [
      {
        operator: "ReorderInput",
        domain,
        name: "reorder",
        inputs: ["image"],
        outputs: ["blocks"],
        attributes: {},
      },
    ],
    metadata: {},
  });
}

/** @returns channels per block, 4 or more; undefined where the runtime has no such kernels. */
export async function probeChannelBlock(
  createSession: (model: Uint8Array) => Promise<Session>,
): Promise<number | undefined> {
  // Pixel p of channel c has the value 2c + p, so the 1 is the second pixel of the first channel.
  const data = Float32Array.from({ length: CHANNELS * PIXELS }, (_, i) => i);
  const image: Tensor = { shape: [1, CHANNELS, 1, PIXELS], data };
  try {
    const session = await createSession(probeModel());
    const { blocks } = await session.run({ image });
    await session.release();
    const block = (blocks?.data as Float32Array | undefined)?.indexOf(1) ?? 0;
    return block >= 4 && CHANNELS % block === 0 ? block : undefined;
  } catch {
    return undefined;
  }
}
