/**
 * TissueNet and DynamicNuclearNet as their publisher stores them: X and y with channels last, tables with header rows
 * in unexpected places, and y in another channel order than X.
 */
import { writeNpy, writeNpyText, writeNpz } from "#formats/index.ts";
import { makeSyntheticCells } from "../synthetic-cells.ts";
import { channelsLast, layerOfLabels, type MadeDataset, shrink, type TrueImage } from "./truth.ts";

export interface MadeNpzOptions {
  readonly count: number;
  readonly side?: number;
  readonly seed: number | string;
  readonly compress?: boolean;
}

export interface MadeTissueNetOptions extends MadeNpzOptions {
  /** 1.0 has lists of tissues and platforms, 1.1 a table whose header is repeated in the test part. */
  readonly version: "1.0" | "1.1";
  readonly split: "train" | "val" | "test";
}

const TISSUES = ["pancreas", "gi", "skin"] as const;
const PLATFORMS = ["codex", "mibi", "vectra"] as const;

export function makeTissueNet(options: MadeTissueNetOptions): MadeDataset {
  const { version, split, count, side = 64, seed, compress = true } = options;
  const x = new Float32Array(count * side * side * 2);
  const y = new Int32Array(count * side * side * 2);
  const images: TrueImage[] = [];
  for (let i = 0; i < count; i++) {
    const cells = makeSyntheticCells({ height: side, width: side, seed: `${seed}/${i}`, radiusPx: [6, 9] });
    const nuclei = shrink(cells.labels);
    const membrane = cells.image.data.map((value) => 65_535 - value);
    channelsLast([cells.image.data, membrane], x, i * side * side * 2);
    channelsLast([cells.labels.data, nuclei.data], y, i * side * side * 2);
    const organ = TISSUES[i % TISSUES.length]!;
    images.push({
      layers: [layerOfLabels("wholeCell", cells.labels), layerOfLabels("nuclear", nuclei)],
      metadata:
        version === "1.0"
          ? { organ, platform: PLATFORMS[i % 3]!, sourceSplit: split }
          : {
              organ,
              experiment: `experiment-${i % 2}`,
              sourceFile: `field_${i}.npz`,
              screeningPassed: "True",
              sourceSplit: split,
            },
    });
  }
  const shape = [count, side, side, 2];
  const arrays: Record<string, Uint8Array> = {
    X: writeNpy("float32", shape, x),
    y: writeNpy("int32", shape, y),
  };
  if (version === "1.0") {
    arrays["tissue_list"] = writeNpyText(
      [count],
      images.map((_, i) => TISSUES[i % 3]!),
    );
    arrays["platform_list"] = writeNpyText(
      [count],
      images.map((_, i) => PLATFORMS[i % 3]!),
    );
  } else arrays["meta"] = tissueTable(count, split === "test" ? 4 : 1);
  const name = version === "1.0" ? `tissuenet_v1.0_${split}.npz` : `tissuenet_v1-1/${split}.npz`;
  return { files: { [name]: writeNpz(arrays, { compress }) }, images };
}

function tissueTable(count: number, headers: number): Uint8Array {
  const header = ["filename", "experiment", "pixel_size", "screening_passed", "time_step", "specimen"];
  const rows = Array.from({ length: count }, (_, i) => [
    `field_${i}.npz`,
    `experiment-${i % 2}`,
    "0.5",
    "True",
    "None",
    TISSUES[i % TISSUES.length]!,
  ]);
  const all = [...Array.from({ length: headers }, () => header), ...rows];
  return writeNpyText([all.length, header.length], all.flat());
}

/** Frames of movies; `meta` has its header row, the movie's name and its pixel size. */
export function makeDynamicNuclearNet({
  count,
  side = 48,
  seed,
  compress = true,
}: MadeNpzOptions): MadeDataset {
  const x = new Float32Array(count * side * side);
  const y = new Int32Array(count * side * side);
  const images: TrueImage[] = [];
  const rows: string[][] = [
    ["filename", "experiment", "pixel_size", "screening_passed", "time_step", "specimen"],
  ];
  for (let i = 0; i < count; i++) {
    const { labels, image } = makeSyntheticCells({ height: side, width: side, seed: `${seed}/${i}` });
    x.set(image.data, i * side * side);
    y.set(labels.data, i * side * side);
    const movie = `20190813-HeLa_s3/movie_0${Math.floor(i / 2)}.trk`;
    rows.push([movie, "20190813", "0.65", "True", "6", "HeLa-S3"]);
    images.push({
      layers: [layerOfLabels("nuclear", labels)],
      metadata: { movie, cellLine: "HeLa-S3", sourceSplit: "val" },
    });
  }
  const shape = [count, side, side, 1];
  const arrays = {
    X: writeNpy("float32", shape, x),
    y: writeNpy("int32", shape, y),
    meta: writeNpyText([rows.length, 6], rows.flat()),
  };
  return { files: { "DynamicNuclearNet-segmentation-v1_0/val.npz": writeNpz(arrays, { compress }) }, images };
}
