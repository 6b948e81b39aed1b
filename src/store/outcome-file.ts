/**
 * The file of outcomes of one image: every object of reference and prediction with its outline and its fate.
 *
 * Gzipped JSON, one line per object, shapes in the bytes that the database keeps them in. A field of an evaluation's row
 * names it by digest. Read an image at a time, never by anyone outside, so it has a version and no further ceremony.
 */

import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { FoundryError } from "#core/errors.ts";
import { decodeObjectShape, encodeObjectShape, type ObjectShape } from "#core/labels/index.ts";
import type { ObjectOutcome } from "#core/metrics/index.ts";

export interface StoredOutcome extends ObjectOutcome {
  readonly shape: ObjectShape;
  /** Identity of a reference object; null for a prediction. */
  readonly uid: string | null;
}

const version = 1;

/** 65,535 objects of some kilobytes each; a file that unpacks to more was not written here. */
const bytesMax = 512 * 2 ** 20;

type Line = readonly [
  side: "r" | "p",
  label: number,
  name: ObjectOutcome["class"],
  iou: number,
  partners: readonly number[],
  hausdorffPx: number | null,
  uid: string | null,
  shape: string,
];

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

/** Bytes of an image's outcomes; the same outcomes give the same bytes. */
export async function encodeOutcomes(outcomes: readonly StoredOutcome[]): Promise<Uint8Array> {
  const lines = outcomes.map(
    (one): Line => [
      one.side === "reference" ? "r" : "p",
      one.label,
      one.class,
      one.iou,
      one.partners,
      one.hausdorffPx,
      one.uid,
      Buffer.from(encodeObjectShape(one.shape)).toString("base64"),
    ],
  );
  return pack(Buffer.from(JSON.stringify({ version, objects: lines })));
}

/** @throws FoundryError `blob.corrupt` for what `encodeOutcomes` has not written. */
export async function decodeOutcomes(bytes: Uint8Array): Promise<StoredOutcome[]> {
  const text = await unpack(bytes, { maxOutputLength: bytesMax }).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  const file = JSON.parse(text.toString("utf8")) as { version?: number; objects?: readonly Line[] };
  if (file.version !== version || file.objects === undefined) throw unreadable(null);
  return file.objects.map(([side, label, name, iou, partners, hausdorffPx, uid, shape]) => ({
    side: side === "r" ? "reference" : "predicted",
    label,
    class: name,
    iou,
    partners,
    hausdorffPx,
    uid,
    shape: decodeObjectShape(new Uint8Array(Buffer.from(shape, "base64"))),
  }));
}

function unreadable(cause: unknown): FoundryError {
  return new FoundryError("blob.corrupt", {
    message: "The objects of an evaluation cannot be read.",
    hint: "Evaluate the model version again.",
    cause,
  });
}
