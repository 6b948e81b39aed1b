/**
 * Model files for predictions in the browser: from this server once, then kept by the browser.
 *
 * A file is asked for by its digest and compared with it every time, fetched or kept, so neither a damaged cache nor a
 * mixed-up answer can slip in other weights. Kept files make the second use independent of the network.
 */
import { FoundryError } from "#core/errors.ts";
import { apiUrl, readAnswer, unreachable } from "../client/http.ts";
import { sha256Hex } from "./private-digest.ts";
import type { PrivateModel } from "./private-protocol.ts";

const CACHE_NAME = "cellfoundry-models";
// Released models of this program are below 8 MB; five cover a comparison, and a browser's quota is never touched.
const KEPT_MODELS_MAX = 5;
// Imported models may be larger than ours; a browser tab should not be asked to hold more.
const MODEL_BYTES_MAX = 256 * 2 ** 20;

export interface ModelFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes that came over the network: 0 or all of them. */
  readonly fetched: number;
}

/** What the browser keeps between visits; absent outside secure contexts. */
async function openCache(): Promise<Cache | null> {
  try {
    return "caches" in globalThis ? await caches.open(CACHE_NAME) : null;
  } catch {
    // Private windows of some browsers refuse; then the model is fetched each time.
    return null;
  }
}

const keyOf = (digest: string): string => `/kept-models/${digest}`;

/**
 * The bytes of a model.
 *
 * @param onProgress called with 0..1 while it is fetched.
 * @throws FoundryError `net.unreachable`, the server's code, `limit.bytes`, `blob.corrupt` when the bytes are not those
 *         of the digest.
 */
export async function loadModelFile(
  model: PrivateModel,
  onProgress: (fraction: number) => void,
): Promise<ModelFile> {
  if (model.onnxBytes > MODEL_BYTES_MAX) {
    throw new FoundryError("limit.bytes", {
      message: `The model file has ${Math.round(model.onnxBytes / 2 ** 20)} MiB; in the browser the limit is ${MODEL_BYTES_MAX / 2 ** 20}.`,
      hint: "Predict on the server.",
    });
  }
  const cache = await openCache();
  const kept = await cache?.match(keyOf(model.onnxDigest));
  if (kept !== undefined) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if ((await sha256Hex(bytes)) === model.onnxDigest) return { bytes, fetched: 0 };
    await cache?.delete(keyOf(model.onnxDigest));
  }
  const bytes = await fetchModel(model, onProgress);
  if ((await sha256Hex(bytes)) !== model.onnxDigest) {
    throw new FoundryError("blob.corrupt", {
      message: `The model file that arrived is not ${model.name}: its digest differs.`,
      hint: "Try again; when it happens twice, ask whoever runs the server to check its data.",
    });
  }
  if (cache !== null) await keep(cache, model.onnxDigest, bytes);
  return { bytes, fetched: bytes.length };
}

async function fetchModel(
  model: PrivateModel,
  onProgress: (fraction: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(apiUrl(`/model-versions/${encodeURIComponent(model.id)}/model.onnx`), {
      headers: { "x-cellfoundry": "1" },
      credentials: "same-origin",
    });
  } catch (error) {
    throw unreachable(error);
  }
  // Throws the server's own error.
  if (!response.ok) readAnswer(response.status, await response.text());
  return readExactly(response, model, onProgress);
}

async function readExactly(
  response: Response,
  { name, onnxBytes }: PrivateModel,
  onProgress: (fraction: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(onnxBytes);
  let filled = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const piece = await reader?.read().catch((error: unknown) => {
      throw unreachable(error);
    });
    if (piece === undefined || piece.done) break;
    if (filled + piece.value.length > onnxBytes) {
      await reader?.cancel();
      throw new FoundryError("blob.corrupt", {
        message: `The file of ${name} is longer than the ${onnxBytes} bytes it should have.`,
      });
    }
    bytes.set(piece.value, filled);
    filled += piece.value.length;
    onProgress(filled / onnxBytes);
  }
  return bytes.subarray(0, filled);
}

/** Keeps a file and drops the oldest beyond the limit; a full disk only means that it is fetched again next time. */
async function keep(cache: Cache, digest: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await cache.put(keyOf(digest), new Response(bytes));
    const keys = await cache.keys();
    for (const key of keys.slice(0, Math.max(0, keys.length - KEPT_MODELS_MAX))) await cache.delete(key);
  } catch {
    // Nothing depends on it.
  }
}
