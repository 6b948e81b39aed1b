/**
 * What versions of labels cost: a commit in a large repository and in a large layer, difference, merge, branch, blame.
 *
 *     node test/bench/label-versions.ts [--images 1000000] [--objects 2000000] [--big 30000] [--only pure,layer]
 *
 * Images and layers of the large repository are rows made by a generator: each layer counts 100 objects, so 1,000,000
 * layers count 100,000,000; `--objects` of them have rows, for realistic depths of the indexes.
 */

import { parseArgs } from "node:util";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { diffObjects, mergeVersions, type VersionObject } from "#core/versions/index.ts";
import * as store from "#store/index.ts";
import { openTemporaryStore } from "#store/testing/temporary-store.ts";
import { gridLabels, grown, median, ms, newLayer, save, say, timed, type World } from "./label-edits.ts";

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "1000000" },
    objects: { type: "string", default: "2000000" },
    big: { type: "string", default: "30000" },
    only: { type: "string", default: "pure,layer,repository" },
  },
});
const parts = new Set(values.only.split(","));

const temporary = await openTemporaryStore();
const db = temporary.store;
try {
  await store.ensureLab(db);
  const actor = store.agentOf(await store.ensureOwner(db));
  const project = await store.createProject(db, actor, "versions");
  const world = { db, actor, projectId: project.id };
  if (parts.has("pure")) benchPure();
  if (parts.has("layer")) await benchLayer(world);
  if (parts.has("repository")) await benchRepository(world);
} finally {
  await temporary.end();
}

async function reshapeOne(
  world: World,
  layerId: string,
  object: store.StoredObject,
  side: number,
): Promise<void> {
  await save(world, layerId, "draw", [
    { uid: object.uid, before: object.shape, after: grown(object.shape, side) },
  ]);
}

// One layer -----------------------------------------------------------------------------------------------------------

async function commitTimes(world: World, layerId: string, count: number): Promise<number[]> {
  const { objects } = await store.layerObjects(db, layerId);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const object = objects[(i * 7_919) % objects.length] as store.StoredObject;
    await reshapeOne(world, layerId, object, i);
    const [, took] = await timed(() => store.commitRevision(db, world.actor, layerId));
    times.push(took);
  }
  return times;
}

async function benchLayer(world: World): Promise<void> {
  const count = Number(values.big);
  const layerId = await newLayer(world, gridLabels(count));
  const small = await newLayer(world, gridLabels(1_000));
  say(
    `commit of one object, layer of ${count}`,
    `${ms(median(await commitTimes(world, layerId, 41)))} median of 41`,
  );
  say(
    "commit of one object, layer of 1,000",
    `${ms(median(await commitTimes(world, small, 41)))} median of 41`,
  );
  const made: number[] = [];
  for (let i = 0; i < 9; i++)
    made.push((await timed(() => store.createBranch(db, world.actor, small, `b${i}`)))[1]);
  say("branch of a layer of 1,000", `${ms(median(made))} median of 9`);
  const [branch, branched] = await timed(() => store.createBranch(db, world.actor, layerId, "other"));
  say(`branch of a layer of ${count}`, ms(branched));
  const { objects } = await store.layerObjects(db, layerId);
  const change = async (where: string, from: number): Promise<void> => {
    const picked = objects.filter((_, i) => i % 30 === from);
    const changes = picked.map(({ uid, shape }, i) => ({
      uid,
      before: shape,
      after: i % 10 === 9 ? null : grown(shape, 0),
    }));
    await save(world, where, "draw", changes);
    await store.commitRevision(db, world.actor, where);
  };
  await change(layerId, 1);
  await change(branch.id, 2);
  const [comparison, compared] = await timed(() =>
    store.compareVersions(db, { layerId: branch.id }, { layerId }),
  );
  say(
    `difference of two versions of ${count}, read and compared`,
    `${ms(compared)}, ${comparison.diff.changes.length} changes`,
  );
  const [tried, trying] = await timed(() => store.mergeBranch(db, world.actor, branch.id));
  say(
    `merge of a branch, ${count} objects, tried`,
    `${ms(trying)}, ${tried.state}, theirs ${tried.taken.theirs}`,
  );
  const [, merging] = await timed(() => store.mergeBranch(db, world.actor, branch.id, { commit: true }));
  say(`merge of a branch, ${count} objects, written`, ms(merging));
  const [blame, blaming] = await timed(() => store.blameLayer(db, { layerId }));
  say(`blame of ${blame.cells.length} cells`, ms(blaming));
}

function benchPure(): void {
  const count = Number(values.big);
  const shapes = [...objectShapesFromLabels(gridLabels(count)).values()];
  const base = shapes.map((shape, i): VersionObject => ({ id: `c${i}`, shape }));
  const edited = (from: number): VersionObject[] =>
    base.flatMap((object, i) => {
      if (i % 30 !== from) return [object];
      return i % 300 === from ? [] : [{ ...object, shape: grown(object.shape, 0) }];
    });
  const [ours, theirs] = [edited(1), edited(2)];
  const numbered = theirs.map((object, i) => ({ ...object, id: `${theirs.length - i}` }));
  for (const [what, work] of [
    [`difference by identity of ${count} objects, pure`, () => diffObjects(base, ours)],
    [
      `difference by place of ${count} objects, pure`,
      () => diffObjects(base, numbered, { identity: "place" }),
    ],
    [`three-way merge of ${count} objects, pure`, () => mergeVersions(base, ours, theirs)],
  ] as const) {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    });
    say(what, `${ms(median(times))} median of 5`);
  }
}

// Large repository ----------------------------------------------------------------------------------------------------

async function benchRepository(world: World): Promise<void> {
  const [images, objects] = [Number(values.images), Number(values.objects)];
  const layerId = await newLayer(world, gridLabels(100));
  const before = median(await commitTimes(world, layerId, 41));
  say("commit of one object, layer of 100, small repository", `${ms(before)} median of 41`);
  const [, took] = await timed(() => generate(world, images, objects));
  const [counted] = await db.sql.query<{ images: number; cells: number }>(
    "SELECT count(*) AS images, sum(object_count) AS cells FROM layer",
  );
  say(
    "repository made",
    `${counted?.images} layers, ${counted?.cells} objects by count, in ${Math.round(took / 1_000)} s`,
  );
  const after = median(await commitTimes(world, layerId, 41));
  say("commit of one object, layer of 100, large repository", `${ms(after)} median of 41`);
}

async function generate({ actor, projectId }: World, images: number, objects: number): Promise<void> {
  const source = db.ids.next();
  await db.sql.query(
    "INSERT INTO source (id, project_id, title, licence, url, created_at) VALUES ($1, $2, 'made', 'CC0-1.0', '', now())",
    [source, projectId],
  );
  const chunk = 20_000;
  for (let from = 0; from < images; from += chunk) {
    const to = Math.min(images, from + chunk);
    await db.sql.transaction(async (tx) => {
      // Rows of a generator: the catalogue's triggers are measured elsewhere.
      await tx.query("SET LOCAL session_replication_role = replica");
      const range = `generate_series(${from}, ${to - 1}) i`;
      const id = (prefix: string): string => `'${prefix}' || lpad(upper(to_hex(i)), 24, '0')`;
      await tx.query(
        `INSERT INTO image (id, project_id, source_id, name, array_digest, axes, shape, dtype, height, width, mpp_y, mpp_x,
           group_key, metadata, status, cell_count, created_by, created_at)
         SELECT ${id("01")}, $1, $2, 'image ' || i, encode(sha256(i::text::bytea), 'hex'), 'yx', ARRAY[512, 512], 'uint8',
           512, 512, 0.5, 0.5, 'group ' || i / 10, '{}', 'accepted', 100, $3, now() FROM ${range}`,
        [projectId, source, actor.id],
      );
      await tx.query(
        `INSERT INTO layer (id, image_id, compartment, truth, status, seq, next_label, object_count, head_revision_id,
           head_seq, created_by, created_at)
         SELECT ${id("02")}, ${id("01")}, 'nuclear', 'gold', 'accepted', 1, 101, 100, ${id("03")}, 1, $1, now() FROM ${range}`,
        [actor.id],
      );
      await tx.query(
        `INSERT INTO layer_revision (id, layer_id, number, root, seq, object_count, added, removed, reshaped, message,
           accepted, agent_id, created_at)
         SELECT ${id("03")}, ${id("02")}, 1, sha256(i::text::bytea), 1, 100, 100, 0, 0, 'Imported', true, $1, now()
         FROM ${range}`,
        [actor.id],
      );
      if (from * 100 >= objects) return;
      await tx.query(
        `INSERT INTO object_shape (digest, bytes)
         SELECT sha256((i * 100 + k)::text::bytea), sha256((i * 100 + k)::text::bytea)
         FROM ${range}, generate_series(1, 100) k WHERE i * 100 < $1`,
        [objects],
      );
      await tx.query(
        `INSERT INTO object (layer_id, uid, label, digest, t, z, y0, x0, y1, x1, seq, agent_id, kind, touched)
         SELECT ${id("02")}, '04' || lpad(upper(to_hex(i * 100 + k)), 24, '0'), k, sha256((i * 100 + k)::text::bytea), 0, 0,
           k / 10 * 50, k % 10 * 50, k / 10 * 50 + 20, k % 10 * 50 + 20, 1, $1, 'import', true
         FROM ${range}, generate_series(1, 100) k WHERE i * 100 < $2`,
        [actor.id, objects],
      );
    });
  }
  await db.sql.query("ANALYZE");
}
