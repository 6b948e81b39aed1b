/** The worker that finds spots: it reads the pixels of the part that is searched and answers with all maxima. */
/// <reference lib="webworker" />
import { errorToWire, isFoundryError, type WireError } from "#core/errors.ts";
import { detectSpots } from "#core/spots/index.ts";
import { fetchFrom } from "../pixels/open-image.ts";
import { openPyramid } from "../pixels/pixel-source.ts";
import type { SpotAnswer, SpotAsk } from "./spot-messages.ts";

const scope = self as unknown as {
  postMessage(message: SpotAnswer, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<SpotAsk>) => void) | null;
};

async function answer(ask: SpotAsk): Promise<SpotAnswer> {
  const { id, channel, t, z, sigmaPx } = ask;
  const pyramid = await openPyramid(fetchFrom(ask.imageUrl, new AbortController().signal));
  const [y0, x0, y1, x1] = ask.box;
  const { data } = await pyramid.readRegion({ t, z, c: channel }, y0, x0, y1, x1);
  const found = detectSpots(data as ArrayLike<number>, y1 - y0, x1 - x0, sigmaPx);
  return {
    id,
    kind: "found",
    found: { ...found, y: found.y.map((y) => y + y0), x: found.x.map((x) => x + x0) },
  };
}

scope.onmessage = ({ data }) => {
  answer(data).then(
    (message) =>
      scope.postMessage(
        message,
        message.kind === "found"
          ? [message.found.y.buffer, message.found.x.buffer, message.found.response.buffer]
          : [],
      ),
    (error: unknown) => scope.postMessage({ id: data.id, kind: "error", error: wireOf(error) }),
  );
};

function wireOf(error: unknown): WireError {
  if (isFoundryError(error)) return errorToWire(error);
  return {
    code: "engine.failed",
    message: `The spots could not be found: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Try a smaller part of the image.",
  };
}
