/** `diff`: what happened to the cells between two versions, or between two label files. */

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { channelPlane, type Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import {
  changeVerbs,
  countVerbs,
  diffObjects,
  diffPicture,
  type ObjectDifference,
  type VersionDiff,
  type VersionObject,
} from "#core/versions/index.ts";
import { readImage, readLabels, writePng } from "#formats/index.ts";
import type { Store, VersionRef } from "#store/index.ts";
import { type Command, type CommandInput, requiredPositional, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { table } from "../output.ts";
import { findVersion } from "../version-ref.ts";

export const diffCommand: Command = {
  usage: "diff A B [--picture FILE.png] [--image FILE]",
  about:
    "Tells what happened to the cells from A to B: identical, reshaped (with IoU), added, removed, split, merged, " +
    "reclassified. A and B are versions of labels in the project (IMAGE, IMAGE@3, IMAGE:BRANCH, the id of a revision) " +
    "or two label images (PNG or TIFF). Renumbering is no change. The exit code is 0 when there is a difference or none.",
  examples: [
    'cellfoundry diff "plate 7"@1 "plate 7" --picture changes.png',
    "cellfoundry diff before.tif after.tif --json",
  ],
  options: {
    picture: { type: "string", value: "FILE", help: "Write a picture of the changes" },
    image: { type: "string", value: "FILE", help: "Image under the picture, for two label files" },
  },
  run,
};

interface Compared {
  readonly titles: readonly [string, string];
  readonly diff: VersionDiff;
  readonly size: { readonly height: number; readonly width: number };
  readonly image: Plane | null;
  /** Shapes that are the same in both, for the picture. */
  readonly unchanged: readonly ObjectShape[];
}

/** Endings of label files; versions in the project never end so unless an image is called so. */
const isLabelFile = (text: string): boolean =>
  [".tif", ".tiff", ".png"].includes(extname(text).toLowerCase()) && existsSync(text);

async function run(input: CommandInput): Promise<undefined> {
  const [a, b] = [
    requiredPositional(input, 0, "A", diffCommand),
    requiredPositional(input, 1, "B", diffCommand),
  ];
  const compared =
    isLabelFile(a) && isLabelFile(b) ? await compareFiles(input, a, b) : await compareStored(input, a, b);
  const { diff, titles } = compared;
  const picture = textOption(input, "picture");
  if (picture !== undefined) await writePicture(picture, compared);
  const value = {
    before: titles[0],
    after: titles[1],
    identical: diff.identical,
    renumbered: diff.renumbered,
    counts: countVerbs(diff.changes),
    changes: diff.changes.map(changeFacts),
    ...(picture === undefined ? {} : { picture }),
  };
  input.out.result(value, () => diffText(compared));
  return undefined;
}

async function compareFiles(input: CommandInput, a: string, b: string): Promise<Compared> {
  const [before, after] = [await labelsOf(a), await labelsOf(b)];
  if (before.height !== after.height || before.width !== after.width) {
    throw new FoundryError("array.shapeMismatch", {
      message: `"${a}" has ${before.height} x ${before.width} pixels, "${b}" ${after.height} x ${after.width}.`,
    });
  }
  const file = textOption(input, "image");
  const diff = diffObjects(before.objects, after.objects, { identity: "place" });
  return {
    titles: [a, b],
    diff,
    size: before,
    image: file === undefined ? null : await planeOfFile(file, before),
    unchanged: unchangedOf(before.objects, diff.changes),
  };
}

async function labelsOf(path: string) {
  const labels = await readLabels(new Uint8Array(await readFile(path)), { name: basename(path) });
  const objects = [...objectShapesFromLabels(labels)].map(
    ([label, shape]): VersionObject => ({ id: String(label), shape }),
  );
  return { height: labels.height, width: labels.width, objects };
}

async function planeOfFile(path: string, size: Compared["size"]): Promise<Plane> {
  const { image } = await readImage(new Uint8Array(await readFile(path)), { name: basename(path) });
  const plane = channelPlane(image);
  if (plane.height === size.height && plane.width === size.width) return plane;
  throw new FoundryError("array.shapeMismatch", {
    message: `The image has ${plane.height} x ${plane.width} pixels, the labels ${size.height} x ${size.width}.`,
  });
}

async function compareStored(input: CommandInput, a: string, b: string): Promise<Compared> {
  return withStore(input, async (opened) => {
    const { compareVersions, readImageArray } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const [before, after] = [
      await findVersion(opened.store, project.id, a),
      await findVersion(opened.store, project.id, b),
    ];
    const { diff, after: facts } = await compareVersions(opened.store, before.ref, after.ref);
    const wanted = textOption(input, "picture") !== undefined;
    return {
      titles: [before.title, after.title],
      diff,
      size: facts,
      image: wanted ? channelPlane(await readImageArray(opened.store, facts.imageId)) : null,
      unchanged: wanted ? await shapesOf(opened.store, after.ref, diff.changes) : [],
    };
  });
}

async function shapesOf(
  store: Store,
  ref: VersionRef,
  changes: readonly ObjectDifference[],
): Promise<ObjectShape[]> {
  const { layerObjects, revisionObjects } = await import("#store/index.ts");
  const objects =
    "revisionId" in ref
      ? await revisionObjects(store, ref.revisionId)
      : (await layerObjects(store, ref.layerId)).objects;
  const changed = new Set(changes.flatMap(({ after }) => after.map(({ id }) => id)));
  return objects.filter(({ uid }) => !changed.has(uid)).map(({ shape }) => shape);
}

function unchangedOf(objects: readonly VersionObject[], changes: readonly ObjectDifference[]): ObjectShape[] {
  const changed = new Set(changes.flatMap(({ before }) => before.map(({ id }) => id)));
  return objects.filter(({ id }) => !changed.has(id)).map(({ shape }) => shape);
}

async function writePicture(path: string, { diff, size, image, unchanged }: Compared): Promise<void> {
  const { height, width, data } = diffPicture(image, size, diff.changes, unchanged);
  await writeFile(path, writePng({ height, width, channels: 3, data }));
}

function changeFacts({ verb, before, after, iou, addedPixels, removedPixels }: ObjectDifference) {
  const ids = (objects: readonly VersionObject[]): string[] => objects.map(({ id }) => id);
  const { t, z, bbox } = ((after[0] ?? before[0]) as VersionObject).shape;
  return { verb, before: ids(before), after: ids(after), iou, addedPixels, removedPixels, t, z, bbox };
}

/** More lines than this are for `--json`. */
const linesMax = 200;

function diffText({ diff, titles }: Compared): string {
  const counts = countVerbs(diff.changes);
  const told = changeVerbs.filter((verb) => counts[verb] > 0).map((verb) => `${counts[verb]} ${verb}`);
  const same = `${diff.identical} identical${diff.renumbered === 0 ? "" : ` (${diff.renumbered} renumbered)`}`;
  const head = `${titles[0]} -> ${titles[1]}: ${[same, ...told].join(", ")}`;
  if (diff.changes.length === 0) return head;
  const rows = diff.changes.slice(0, linesMax).map((change) => {
    const { t, z, bbox } = changeFacts(change);
    const place = `${t > 0 || z > 0 ? `t${t} z${z} ` : ""}y ${bbox[0]}-${bbox[2]} x ${bbox[1]}-${bbox[3]}`;
    const parts = `${change.before.length} > ${change.after.length}`;
    return [
      change.verb,
      place,
      parts,
      change.iou.toFixed(3),
      `+${change.addedPixels} -${change.removedPixels}`,
    ];
  });
  const more =
    diff.changes.length > linesMax ? `\n… and ${diff.changes.length - linesMax} more (--json has all)` : "";
  return `${head}\n\n${table(["change", "where", "cells", "IoU", "pixels"], rows)}${more}`;
}
