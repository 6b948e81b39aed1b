/**
 * The automatic repairs of a movie as a file beside its tracks: `repairs.json`, one entry each, with the masks before and
 * after, so that a person or a program can look at every one and take it back.
 */
import { FoundryError } from "#core/errors.ts";
import { assertObjectShape } from "#core/labels/index.ts";
import {
  type LabelledShape,
  type MaskRepair,
  type MaskRepairKind,
  maskRepairKinds,
} from "#core/tracking/index.ts";
import type { TrackedMovie } from "./track-movie.ts";

const VERSION = 1;

/** Masks as box and bits: rows of the box one after the other, most significant bit first, base64. */
interface MaskEntry {
  readonly label: number;
  readonly bbox: readonly number[];
  readonly bits: string;
}

/** How many there are of each kind. */
export function countRepairs(repairs: readonly MaskRepair[]): Record<MaskRepairKind, number> {
  const count = (kind: MaskRepairKind): number => repairs.filter((one) => one.kind === kind).length;
  return {
    ...{ missed: count("missed"), merged: count("merged") },
    ...{ cut: count("cut"), invented: count("invented") },
  };
}

/**
 * Labels in it are those of masks within a frame, before tracks were named; `tracks` are the tracks of the masks after.
 */
export function encodeRepairs({ repairs, graph }: TrackedMovie): Uint8Array {
  const entries = repairs.map(({ kind, t, reason, before, after }) => {
    const f = t - graph.firstFrame;
    const [from, to] = [graph.offsets[f]!, graph.offsets[f + 1]!];
    const labels = graph.labels.subarray(from, to);
    const tracks = after.map(({ label }) => graph.tracks[from + labels.indexOf(label)] ?? 0);
    return { kind, frame: t, reason, tracks, before: before.map(maskEntry), after: after.map(maskEntry) };
  });
  const document = { version: VERSION, repairs: entries };
  return new TextEncoder().encode(`${JSON.stringify(document, null, 1)}\n`);
}

const maskEntry = ({ label, shape }: LabelledShape): MaskEntry => ({
  label,
  bbox: [...shape.bbox],
  bits: Buffer.from(shape.bits).toString("base64"),
});

/**
 * Reads it back. @param image  size of the frames. @throws FoundryError `format.tracks` naming the entry; `label.invalid`
 * for a mask that is none.
 */
export function decodeRepairs(
  bytes: Uint8Array,
  image: { readonly height: number; readonly width: number },
): MaskRepair[] {
  const refuse = (what: string): FoundryError =>
    new FoundryError("format.tracks", {
      message: `repairs.json cannot be read: ${what}.`,
      hint: "Track the movie again.",
    });
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refuse("it is not JSON");
  }
  const { version, repairs } = (document ?? {}) as { version?: unknown; repairs?: unknown };
  if (version !== VERSION || !Array.isArray(repairs)) throw refuse(`it is not of version ${VERSION}`);
  return repairs.map((entry: unknown, k): MaskRepair => {
    const { kind, frame, reason, before, after } = (entry ?? {}) as Record<string, unknown>;
    const known = maskRepairKinds.find((one) => one === kind);
    if (known === undefined || typeof reason !== "string" || typeof frame !== "number")
      throw refuse(`repair ${k + 1} has no kind, frame or reason`);
    const masks = (list: unknown): LabelledShape[] => {
      if (!Array.isArray(list)) throw refuse(`repair ${k + 1} has no masks`);
      return list.map((mask: unknown) => {
        const { label, bbox, bits } = (mask ?? {}) as Record<string, unknown>;
        const isBox = Array.isArray(bbox) && bbox.length === 4;
        if (!Number.isSafeInteger(label) || !isBox || typeof bits !== "string")
          throw refuse(`repair ${k + 1} has a mask without label, box or bits`);
        const [y0, x0, y1, x1] = bbox as [number, number, number, number];
        const shape = {
          ...{ t: frame, z: 0, bbox: [y0, x0, y1, x1] as const },
          bits: new Uint8Array(Buffer.from(bits, "base64")),
        };
        assertObjectShape(shape, image);
        return { label: label as number, shape };
      });
    };
    return { kind: known, t: frame, reason, before: masks(before), after: masks(after) };
  });
}
