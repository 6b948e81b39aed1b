/**
 * The worker that measures the cells of an image and writes the table to a file. It reads the pixels from the server
 * itself, so the page neither waits nor keeps them.
 */
/// <reference lib="webworker" />
import { errorToWire, isFoundryError, type WireError } from "#core/errors.ts";
import { umap } from "#core/umap/index.ts";
import { measureCsv, measureParquet } from "#formats/measure/index.ts";
import { fetchFrom } from "../pixels/open-image.ts";
import { openPyramid } from "../pixels/pixel-source.ts";
import type { FileAsk, MeasureAnswer, MeasureQuestion } from "./measure-messages.ts";
import { measurePixels } from "./measure-pixels.ts";

const scope = self as unknown as {
  postMessage(message: MeasureAnswer, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<MeasureQuestion>) => void) | null;
};

/** Between two reports: a bar does not move faster. */
const progressMs = 80;

async function answer(question: MeasureQuestion): Promise<MeasureAnswer> {
  const { id } = question;
  if (question.kind === "file") return { id, kind: "file", file: await fileOf(question) };
  let told = 0;
  const onProgress = (share: number): void => {
    const now = performance.now();
    if (now - told < progressMs) return;
    told = now;
    scope.postMessage({ id, kind: "progress", share });
  };
  if (question.kind === "map") return { id, kind: "map", places: umap(question.columns, { onProgress }) };
  const pyramid = await openPyramid(fetchFrom(question.imageUrl, new AbortController().signal));
  const table = await measurePixels(question, pyramid, onProgress);
  return { id, kind: "table", table };
}

/** Pieces become parts of a blob one by one: the browser may put them on disk, and no piece is kept here. */
async function fileOf({ format, table, texts, facts, createdBy }: FileAsk): Promise<Blob> {
  const parts: Blob[] = [];
  if (format === "csv") {
    for (const piece of measureCsv(table, "uid", texts)) parts.push(new Blob([piece]));
    return new Blob(parts, { type: "text/csv;charset=utf-8" });
  }
  for await (const piece of measureParquet(table, "uid", texts, { createdBy, facts }))
    parts.push(new Blob([piece]));
  return new Blob(parts, { type: "application/vnd.apache.parquet" });
}

scope.onmessage = ({ data }) => {
  answer(data).then(
    (message) => {
      const transfer =
        message.kind === "table"
          ? message.table.columns.map(({ values }) => values.buffer as ArrayBuffer)
          : [];
      scope.postMessage(message, transfer);
    },
    (error: unknown) => scope.postMessage({ id: data.id, kind: "error", error: wireOf(error) }),
  );
};

function wireOf(error: unknown): WireError {
  if (isFoundryError(error)) return errorToWire(error);
  return {
    code: "engine.failed",
    message: `The cells could not be measured: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Try again, or run `cellfoundry measure` on the command line.",
  };
}
