/**
 * What can be taken away of a prediction in the browser: label TIFF, label PNG, measurements. Pure; bytes out.
 */
import { axisLength, channelPlane, type ImageArray, type LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { measureIntensity, measureObject, objectShapesFromLabels } from "#core/labels/index.ts";
import { type Mpp, writeLabelTiff, writePng } from "#formats/index.ts";

export interface SavedPrediction {
  readonly labels: LabelImage;
  /** 0..1 by label. */
  readonly confidence: ReadonlyMap<number, number>;
  /** Axes cyx or yx, same size as the labels. */
  readonly image: ImageArray;
  readonly mpp: Mpp | null;
  /** `name@version` */
  readonly model: string;
  readonly modelVersionId: string;
}

/** The same file as the server writes. */
export function labelTiff({ labels, model, modelVersionId, mpp }: SavedPrediction): Uint8Array {
  return writeLabelTiff(labels, { description: { model, modelVersion: modelVersionId }, mpp });
}

/**
 * 16-bit grey PNG whose values are the labels.
 *
 * @throws FoundryError `limit.objects` when a label does not fit 16 bits.
 */
export function labelPng({ labels }: SavedPrediction): Uint8Array {
  const { height, width } = labels;
  const data = new Uint16Array(labels.data.length);
  for (let i = 0; i < data.length; i++) {
    const label = labels.data[i] as number;
    if (label > 0xffff) {
      throw new FoundryError("limit.objects", {
        message: `The labels go up to ${label} or more; a PNG holds values up to 65,535.`,
        hint: "Save the labels as TIFF.",
      });
    }
    data[i] = label;
  }
  return writePng({ height, width, channels: 1, data });
}

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(Math.round(value * 1e4) / 1e4);

/** One row per object, columns named as in exports of datasets; empty fields are unknown. */
export function measurementsCsv({ labels, confidence, image, mpp }: SavedPrediction): string {
  const channels = Array.from({ length: axisLength(image, "c") }, (_, c) => channelPlane(image, { c }));
  const sides = ["y0", "x0", "y1", "x1"];
  const rows = [
    [
      "label",
      "confidence",
      "centroid_y_px",
      "centroid_x_px",
      ...sides.map((side) => `bbox_${side}_px`),
      "area_px",
      "area_um2",
      "perimeter_px",
      "major_axis_px",
      "minor_axis_px",
      "eccentricity",
      "solidity",
      ...channels.flatMap((_, c) => [`c${c}_mean`, `c${c}_min`, `c${c}_max`]),
    ].join(","),
  ];
  for (const [label, shape] of objectShapesFromLabels(labels)) {
    const m = measureObject(shape);
    const light = channels.map((plane) => measureIntensity(shape, plane));
    const values = [
      label,
      confidence.get(label),
      m.centroid.y,
      m.centroid.x,
      ...shape.bbox,
      m.areaPx,
      mpp === null ? null : m.areaPx * mpp.y * mpp.x,
      m.perimeterPx,
      m.majorAxisPx,
      m.minorAxisPx,
      m.eccentricity,
      m.solidity,
      ...light.flatMap(({ mean, min, max }) => [mean, min, max]),
    ];
    rows.push(values.map(number).join(","));
  }
  return `${rows.join("\n")}\n`;
}
