/**
 * Bytes of an edit history like the 59 commits of fixes to DSB2018, as the store keeps it.
 *
 *     node test/bench/label-history.ts [--data ../shared/data]
 *
 * The mix is the one measured there: of 29,461 objects in 670 images, 375 reshaped (368 with IoU above 0.9), 17
 * removed, 5 added, 19 split into two, 10 merged into five, in 109 images, in 59 rounds; one edit per change, as people
 * make them, and one commit per image and round. Labels are those of DSB2018 under --data (mirrored to make up the
 * number), else made up. Content of rows is the sum of their values; on disk is with row headers and indexes.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import {
  drawObjectShapeInPlace,
  forEachRun,
  type ObjectShape,
  objectShapesFromLabels,
  relabelSequential,
  shapeArea,
} from "#core/labels/index.ts";
import { type Rng, rng } from "#core/rng.ts";
import { readLabels } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { openTemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { editCount, newLayer, save, say, type World } from "./label-edits.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data" } } });

const imageCount = 670;
const touchedCount = 109;
const roundCount = 59;
const verbCounts = { fill: 368, redrawn: 7, removed: 17, added: 5, split: 19, merged: 5 } as const;
type Verb = keyof typeof verbCounts;

const measuredTables = [
  "object_shape",
  "object",
  "edit",
  "edit_change",
  "layer_revision",
  "revision_node",
  "layer",
  "event",
] as const;

const temporary = await openTemporaryStore();
const db = temporary.store;
try {
  await store.ensureLab(db);
  const actor = store.agentOf(await store.ensureOwner(db));
  const project = await store.createProject(db, actor, "history");
  await measureHistory({ db, actor, projectId: project.id });
} finally {
  await temporary.end();
}

async function measureHistory(world: World): Promise<void> {
  const random = rng(59, "history");
  const labels = await firstVersion(random);
  const layers: string[] = [];
  for (const image of labels) layers.push(await newLayer(world, image));
  const [counted] = await db.sql.query<{ count: number }>("SELECT count(*) AS count FROM object");
  say("labels of the history", `${labels.length} images, ${counted?.count} objects`);
  const first = await sizes();
  say("version 1, content of the rows", kilobytes(first.content));
  const { changed, commits } = await playHistory(world, layers, random);
  const last = await sizes();
  const per400 = (bytes: number): string => kilobytes((bytes * 400) / changed);
  say("history", `${changed} changed objects in ${commits} commits, ${editCount()} edits`);
  for (const [name, bytes] of Object.entries(last.tables)) {
    const grew = bytes - (first.tables[name] ?? 0);
    if (grew !== 0) say(`  per 400 changed objects, content of ${name}`, per400(grew));
  }
  const [logs] = await db.sql.query<{ bytes: number }>(
    "SELECT coalesce(sum(octet_length(log) + octet_length(operation_ids)), 0) AS bytes FROM layer_revision",
  );
  say("  of layer_revision: edits, packed", per400(logs?.bytes ?? 0));
  const [shapes] = await db.sql.query<{ bytes: number }>(
    "SELECT avg(octet_length(bytes))::float AS bytes FROM object_shape",
  );
  say("mean bytes of a shape", (shapes?.bytes ?? 0).toFixed(1));
  const total = per400(last.content - first.content);
  say("per 400 changed objects, content of all but the event log", `${total} (bar: 60 kB)`);
  say("per 400 changed objects, on disk with headers and indexes", per400(last.disk - first.disk));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

/** Bytes of the rows' values, and of tables with indexes after they were written tightly. */
async function sizes() {
  const tables: Record<string, number> = {};
  let [disk, content] = [0, 0];
  for (const name of measuredTables) {
    await db.sql.query(`VACUUM FULL ${name}`);
    // A row as a value begins with 24 bytes of header, which the content is without.
    const [row] = await db.sql.query<{ bytes: number; disk: number }>(
      `SELECT coalesce(sum(pg_column_size(n.*) - 24), 0)::bigint AS bytes,
         pg_total_relation_size('${name}') AS disk FROM ${name} n`,
    );
    tables[name] = row?.bytes ?? 0;
    if (name === "event") continue;
    content += row?.bytes ?? 0;
    disk += row?.disk ?? 0;
  }
  return { tables, content, disk };
}

async function firstVersion(random: Rng): Promise<LabelImage[]> {
  const folders = ["dsb2018", "dsb2018-more"].map((name) => join(values.data, name, "labels"));
  const images: LabelImage[] = [];
  for (const folder of folders.filter(existsSync)) {
    for (const name of readdirSync(folder).sort()) {
      const bytes = new Uint8Array(readFileSync(join(folder, name)));
      images.push(relabelSequential(await readLabels(bytes, { name })));
    }
  }
  while (images.length === 0 || (images.length < imageCount && !existsSync(folders[0] as string))) {
    const seed = random.int(2 ** 31);
    images.push(makeSyntheticCells({ height: 256, width: 320, seed, cellCount: 44 }).labels);
  }
  const real = images.length;
  for (let i = real; i < imageCount; i++) images.push(mirrored(images[i % real] as LabelImage));
  return images.slice(0, imageCount);
}

function mirrored({ height, width, data }: LabelImage): LabelImage {
  const out = labelImage(height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out.data[y * width + x] = data[y * width + width - 1 - x] as number;
  }
  return out;
}

interface Step {
  readonly verb: Verb;
  readonly layerId: string;
  readonly round: number;
}

/** A few images get many changes, most get two; most are touched in one round, some in two. */
function planHistory(layers: readonly string[], random: Rng): Step[] {
  const touched = random.shuffle(layers).slice(0, touchedCount);
  const verbs = (Object.keys(verbCounts) as Verb[]).flatMap((verb) =>
    Array.from({ length: verbCounts[verb] }, () => verb),
  );
  const rounds = new Map<string, number[]>();
  return random.shuffle(verbs).map((verb, i) => {
    const layerId = touched[i < touchedCount ? i : Math.floor(touchedCount * random.next() ** 1.5)] as string;
    const again = random.chance(0.2) ? [random.int(roundCount)] : [];
    const own = rounds.get(layerId) ?? [random.int(roundCount), ...again];
    rounds.set(layerId, own);
    return { verb, layerId, round: random.pick(own) };
  });
}

/** Plays the changes, and commits each touched image of a round. */
async function playHistory(world: World, layers: readonly string[], random: Rng) {
  const plan = planHistory(layers, random);
  const used = new Set<string>();
  let [changed, commits] = [0, 0];
  for (let round = 0; round < roundCount; round++) {
    const steps = Map.groupBy(
      plan.filter((step) => step.round === round),
      (step) => step.layerId,
    );
    for (const [layerId, ofLayer] of steps) {
      for (const { verb } of ofLayer) changed += await playChange(world, layerId, verb, used, random);
      await store.commitRevision(db, world.actor, layerId, { message: "Fix masks" });
      commits++;
    }
  }
  return { changed, commits };
}

/** One change of a verb to objects not used yet. @returns how many objects it changed. */
async function playChange(
  world: World,
  layerId: string,
  verb: Verb,
  used: Set<string>,
  random: Rng,
): Promise<number> {
  const layer = await store.layerObjects(db, layerId);
  const canvas = labelImage(layer.height, layer.width);
  for (const [i, { shape }] of layer.objects.entries()) drawObjectShapeInPlace(shape, canvas, i + 1);
  const free = layer.objects.filter(({ uid, shape }) => !used.has(uid) && shapeArea(shape) >= 30);
  const [object, partner] = random.shuffle(free);
  if (object === undefined) return 0;
  used.add(object.uid);
  const { uid, shape: before } = object;
  if (verb === "removed") await save(world, layerId, "delete", [{ uid, before, after: null }]);
  if (verb === "fill" || verb === "redrawn") {
    const after = roundedUp(before, canvas, verb === "fill" ? 0.06 : 0.4);
    await save(world, layerId, "fill", [{ uid, before, after }]);
  }
  if (verb === "split") {
    const [after, rest] = halves(before);
    const other = { uid: db.ids.next(), before: null, after: rest };
    used.add(other.uid);
    await save(world, layerId, "split", [{ uid, before, after }, other]);
  }
  if (verb === "added") {
    const after = freeCopy(before, canvas);
    if (after === null) return 0;
    await save(world, layerId, "draw", [{ uid: db.ids.next(), before: null, after }]);
  }
  if (verb !== "merged") return 1;
  if (partner === undefined) return 0;
  used.add(partner.uid);
  const both = labelImage(layer.height, layer.width);
  drawObjectShapeInPlace(before, both, 1);
  drawObjectShapeInPlace(partner.shape, both, 1);
  const after = objectShapesFromLabels(both).get(1) as ObjectShape;
  await save(world, layerId, "merge", [
    { uid, before, after },
    { uid: partner.uid, before: partner.shape, after: null },
  ]);
  return 2;
}

/** The shape with free pixels beside it, up to a share of its area: what filling dents does. */
function roundedUp(shape: ObjectShape, canvas: LabelImage, share: number): ObjectShape {
  const labels = labelImage(canvas.height, canvas.width);
  drawObjectShapeInPlace(shape, labels, 1);
  let left = Math.max(1, Math.floor(shapeArea(shape) * share));
  let changed = false;
  const touch = (y: number, x: number): void => {
    if (left === 0 || x < 0 || x >= canvas.width || canvas.data[y * canvas.width + x] !== 0) return;
    labels.data[y * canvas.width + x] = 1;
    left--;
    changed = true;
  };
  forEachRun(shape, (y, x0, x1) => {
    touch(y, x0 - 1);
    touch(y, x1);
  });
  // Shut in on all sides: its first row loses a pixel instead.
  forEachRun(shape, (y, x0) => {
    if (!changed && y === shape.bbox[0]) labels.data[y * canvas.width + x0] = 0;
    changed = true;
  });
  return objectShapesFromLabels(labels).get(1) as ObjectShape;
}

function halves(shape: ObjectShape): [ObjectShape, ObjectShape] {
  const [y0, x0, y1, x1] = shape.bbox;
  const parts = labelImage(y1, x1);
  const tall = y1 - y0 > x1 - x0;
  forEachRun(shape, (y, from, to) => {
    for (let x = from; x < to; x++) {
      const first = tall ? y - y0 < (y1 - y0) / 2 : x - x0 < (x1 - x0) / 2;
      parts.data[y * x1 + x] = first ? 1 : 2;
    }
  });
  const found = objectShapesFromLabels(parts);
  return [found.get(1) as ObjectShape, found.get(2) as ObjectShape];
}

/** The shape moved to where nothing lies, or null in a full image. */
function freeCopy(shape: ObjectShape, canvas: LabelImage): ObjectShape | null {
  const [y0, x0, y1, x1] = shape.bbox;
  const [height, width] = [y1 - y0, x1 - x0];
  const isClear = (y: number, x: number): boolean => {
    for (let row = y; row < y + height; row++) {
      const at = row * canvas.width + x;
      if (canvas.data.subarray(at, at + width).some((label) => label !== 0)) return false;
    }
    return true;
  };
  for (let y = 0; y + height <= canvas.height; y += 3) {
    for (let x = 0; x + width <= canvas.width; x += 3) {
      if (isClear(y, x)) return { ...shape, bbox: [y, x, y + height, x + width] };
    }
  }
  return null;
}
