/**
 * The worker of private mode: reads the chosen file, loads runtime and model from our own server, segments.
 *
 * One question at a time. The page stops a running one by ending the worker, which works at every moment, also inside a
 * decoder or the network; the next question starts a new one. The image and the network's maps stay here, so sliders and
 * downloads need neither server nor network.
 */
/// <reference lib="webworker" />
import { axisLength } from "#core/array/index.ts";
import { errorToWire, FoundryError, isFoundryError, type WireError } from "#core/errors.ts";
import type { ReadImage } from "#formats/index.ts";
import { choosePlane, describeImage, readChosenFile } from "./private-image.ts";
import { imagePng, overlayPng } from "./private-pictures.ts";
import type {
  FromWorker,
  PrivateCells,
  PrivateProgress,
  PrivateResult,
  QuestionName,
  Questions,
  ToWorker,
} from "./private-protocol.ts";
import { labelPng, labelTiff, measurementsCsv } from "./private-save.ts";
import { createSegmenter, type Segmented, savedOf, segment, segmentAgain } from "./private-segmenter.ts";

const scope = self as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

type Report = (progress: PrivateProgress) => void;
type Answer<Name extends QuestionName> = Questions[Name]["answer"];

let opened: { readonly name: string; readonly read: ReadImage } | null = null;
let segmented: Segmented | null = null;
const segmenter = createSegmenter();

async function read(
  { file, name, pagesAre }: Questions["read"]["ask"],
  report: Report,
): Promise<Answer<"read">> {
  report({ phase: "reading", fraction: null, msLeft: null });
  opened = null;
  segmented = null;
  opened = { name, read: await readChosenFile(file, name, pagesAre) };
  return describeImage(name, opened.read);
}

async function predict(
  { model, choice, device }: Questions["predict"]["ask"],
  report: Report,
): Promise<PrivateResult> {
  if (opened === null) throw noImage();
  const image = choosePlane(opened.read.image, choice);
  segmented = null;
  const done = await segment(segmenter, { image, model, choice, device }, report);
  segmented = done.segmented;
  report({ phase: "finishing", fraction: null, msLeft: null });
  return {
    ...(await cells(segmented)),
    name: opened.name,
    model: model.name,
    height: axisLength(image, "y"),
    width: axisLength(image, "x"),
    image: await imagePng(image),
    device: done.device,
    loaded: done.loaded,
    notes: opened.read.notes,
    scale: segmented.scale,
    warnings: segmented.warnings.map(({ message }) => message),
    computeMs: done.computeMs,
  };
}

async function cells({ compartments, settings }: Segmented): Promise<PrivateCells> {
  const drawn = compartments.map(async ({ compartment, labels, confidence }) => ({
    compartment,
    cellCount: confidence.size,
    overlay: await overlayPng(labels),
  }));
  return { compartments: await Promise.all(drawn), settings };
}

async function tune({ settings }: Questions["tune"]["ask"]): Promise<PrivateCells> {
  if (segmented === null) throw noImage();
  segmented = segmentAgain(segmented, settings);
  return cells(segmented);
}

async function save({ what, compartment }: Questions["save"]["ask"]): Promise<Blob> {
  if (segmented === null) throw noImage();
  const saved = savedOf(segmented, compartment);
  if (what === "measurements.csv") return new Blob([measurementsCsv(saved)], { type: "text/csv" });
  const [bytes, type] =
    what === "labels.tif" ? [labelTiff(saved), "image/tiff"] : [labelPng(saved), "image/png"];
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
}

const noImage = (): FoundryError =>
  new FoundryError("image.notFound", {
    message: "The image is no longer in the browser's memory.",
    hint: "Choose the file again.",
  });

/** The runtime and the browser say "too large" with their own errors; they get a code of ours. */
function wireOf(error: unknown): WireError {
  if (error instanceof RangeError) {
    return {
      code: "limit.memory",
      message: "The browser has not enough memory for this image.",
      hint: "Close other tabs, crop the image, or predict on the server.",
    };
  }
  if (isFoundryError(error)) return errorToWire(error);
  return {
    code: "engine.failed",
    message: `The prediction failed inside the page: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Try again, or predict on the server.",
  };
}

function answer(message: ToWorker, report: Report): Promise<unknown> {
  switch (message.question) {
    case "read":
      return read(message.ask, report);
    case "predict":
      return predict(message.ask, report);
    case "tune":
      return tune(message.ask);
    case "save":
      return save(message.ask);
  }
}

scope.onmessage = ({ data }) => {
  const { id } = data;
  const report: Report = (progress) => scope.postMessage({ kind: "progress", id, progress });
  answer(data, report).then(
    (value) => scope.postMessage({ kind: "answer", id, answer: value }),
    (error: unknown) => scope.postMessage({ kind: "error", id, error: wireOf(error) }),
  );
};
