/**
 * Freezing a version of a million items: how long, how much memory, and that lists stay quick afterwards.
 *
 * Rows are made by statements (images, layers, accepted revisions, prints) on a data folder of its own; every step after
 * that is what people use: preview, freeze, audit, pages of items, the next version after some images were added. Among
 * the images are planted copies, so that the audit is seen to work at this size.
 *
 * Usage: node test/bench/freeze-scale.ts [--images 1000000] [--groups 20000] [--keep FOLDER]
 */

import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkRulesVersion } from "#core/checks/index.ts";
import { isFoundryError } from "#core/errors.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureOwner,
  freezeDataset,
  getDatasetVersion,
  listDatasetItems,
  openStore,
  previewDataset,
  type Store,
} from "#store/index.ts";

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "1000000" },
    groups: { type: "string", default: "20000" },
    keep: { type: "string" },
  },
});
const images = Number(values.images);
const groups = Number(values.groups);
const home = values.keep ?? mkdtempSync(join(tmpdir(), "cellfoundry-freeze-"));

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const result = await work();
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${what.padEnd(46)} ${((performance.now() - before) / 1000).toFixed(2).padStart(8)} s   peak ${memory} MiB`,
  );
  return result;
}

const id = (prefix: string, n: string): string =>
  `'${prefix}' || lpad((${n})::text, ${26 - prefix.length}, '0')`;

/** Rows of images from number `from` on; hashes are random, so no two look alike but the planted ones. */
async function makeRows(
  store: Store,
  projectId: string,
  agent: Agent,
  from: number,
  to: number,
): Promise<void> {
  const series = `generate_series(${from}, ${to - 1}) AS s (n)`;
  const now = `'2026-11-22T12:00:00Z'::timestamptz`;
  const digest = (salt: string): string => `encode(sha256(('${salt}' || n)::bytea), 'hex')`;
  await store.sql.transaction(async (tx) => {
    await tx.query(`SET LOCAL session_replication_role = replica`);
    await tx.query(`INSERT INTO blob SELECT ${digest("a")}, 1, ${now} FROM ${series}`);
    await tx.query(`INSERT INTO layer (id, image_id, compartment, truth, status, object_count, created_by, created_at)
      SELECT ${id("0L", "n")}, ${id("0I", "n")}, 'nuclear', 'gold', 'accepted', 20 + n % 80, '${agent.id}', ${now}
      FROM ${series}`);
    await tx.query(`INSERT INTO layer_revision (id, layer_id, number, root, seq, object_count, added, removed, reshaped,
        message, accepted, agent_id, created_at)
      SELECT ${id("0R", "n")}, ${id("0L", "n")}, 1, sha256(('r' || n)::bytea), 1, 20 + n % 80, 0, 0, 0, '', true,
        '${agent.id}', ${now} FROM ${series}`);
    await tx.query(`INSERT INTO layer_check SELECT ${id("0L", "n")}, 1, ${id("0R", "n")}, ${checkRulesVersion}, 300, 40, 20 + n % 80, ${now}
      FROM ${series}`);
    await tx.query(`INSERT INTO plane_print (array_digest, plane, dihedral, hash_high, hash_low, miniature, anchors)
      SELECT ${digest("a")}, 0, sha256(('d' || n)::bytea), ('x' || substr(md5('h' || n), 1, 8))::bit(32)::integer,
        ('x' || substr(md5('h' || n), 9, 8))::bit(32)::integer, NULL, '' FROM ${series}`);
  });
  // With triggers: the catalogue follows the images as it does in daily use.
  for (let at = from; at < to; at += 20_000) {
    await store.sql.query(`INSERT INTO image (id, project_id, source_id, name, array_digest, axes, shape, dtype, height,
        width, mpp_y, mpp_x, group_key, metadata, status, cell_count, created_by, created_at)
      SELECT ${id("0I", "n")}, '${projectId}', '0SOURCE' || n % 3, 'field ' || n, ${digest("a")}, 'yx',
        '{256,256}', 'uint8', 256, 256, 0.5, 0.5, 'donor ' || n % ${groups},
        json_build_object('organ', (ARRAY['lung','liver','colon','thymus'])[1 + (n % ${groups}) % 4],
          'platform', (ARRAY['codex','mibi'])[1 + (n % ${groups}) % 2]), 'accepted', 20 + n % 80, '${agent.id}', ${now}
      FROM generate_series(${at}, ${Math.min(to, at + 20_000) - 1}) AS s (n)`);
  }
}

/** Copies over to other groups: equal pixels after a turn for some, equal looks for others. */
async function plant(store: Store, count: number): Promise<void> {
  const digest = (n: string): string => `encode(sha256(('a' || ${n})::bytea), 'hex')`;
  await store.sql.query(`UPDATE plane_print p SET dihedral = sha256(('d' || (s.n + 1))::bytea)
    FROM generate_series(1, ${count}) AS s (n) WHERE p.array_digest = ${digest("(s.n * 17)")} AND s.n % 2 = 0`);
  await store.sql.query(`UPDATE plane_print p SET miniature = decode(repeat(md5('m' || (s.n / 2)), 64), 'hex'),
      hash_high = ('x' || substr(md5('same' || (s.n / 2)), 1, 8))::bit(32)::integer # (3 * (s.n % 2)), hash_low = 7
    FROM generate_series(1000, ${1000 + 2 * count}) AS s (n) WHERE p.array_digest = ${digest("s.n")}`);
}

async function run(): Promise<void> {
  const store = await openStore({ home });
  const agent = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, agent, "scale");
  for (const [i, licence] of ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0"].entries()) {
    await store.sql.query(`INSERT INTO source (id, project_id, title, licence, url, created_at)
      VALUES ('0SOURCE${i}', '${projectId}', 'source ${i}', '${licence}', '', now())`);
  }
  const request = { projectId, name: "scale", query: "" };
  // Words of the metadata are looked up once, at the first look, as after the first import of a lab.
  const few = 100;
  await makeRows(store, projectId, agent, 0, few);
  await previewDataset(store, projectId, request);
  const first = Math.floor(images * 0.99);
  await timed(`making rows of ${first} images`, () => makeRows(store, projectId, agent, few, first));
  await timed("vacuum", () => store.sql.query("VACUUM ANALYZE"));
  await timed("preview of everything", () => previewDataset(store, projectId, request));
  const version = await timed("freeze", () => freezeDataset(store, agent, request));
  console.log(
    `  ${version.name}@${version.version}: ${version.itemCount} items, ${version.licence}, findings ${JSON.stringify(version.audit.counts)}, ${version.audit.notes.join(" ")}`,
  );
  await timed("freeze again, nothing changed", () => freezeDataset(store, agent, request));
  await makeRows(store, projectId, agent, first, images);
  const next = await timed("freeze with 1 % more images", () => freezeDataset(store, agent, request));
  console.log(`  ${next.version}: ${JSON.stringify(next.changes)}`);
  await plant(store, 200);
  await timed("preview with planted copies", async () => {
    const { audit } = await previewDataset(store, projectId, { ...request, query: "cells>0" });
    console.log(`  findings ${JSON.stringify(audit.counts)}, blocking ${audit.blocking}`);
  });
  await timed("freeze with planted copies is refused", () =>
    freezeDataset(store, agent, { ...request, query: "cells>0" }).then(
      () => console.log("  NOT REFUSED"),
      (error: unknown) => console.log(`  ${isFoundryError(error) ? error.code : String(error)}`),
    ),
  );
  await timed("reading the version's sheet", () => getDatasetVersion(store, next.id));
  for (const after of [-1, Math.floor(images / 2), images - 200]) {
    await timed(`page of 100 items after ${after}`, () => listDatasetItems(store, next.id, { after }));
  }
  await timed("page of 100 test items in the middle", () =>
    listDatasetItems(store, next.id, { after: Math.floor(images / 2), role: "test" }),
  );
  const [size] = await store.sql.query<{ items: string }>(
    "SELECT pg_size_pretty(pg_total_relation_size('dataset_item')) AS items",
  );
  console.log(`dataset_item of two versions: ${size?.items}`);
  await store.close();
}

console.log(
  `${cpus().length} cores ${cpus()[0]?.model.trim()}, Node ${process.version}, ${images} images, ${groups} groups`,
);
try {
  await run();
} finally {
  if (values.keep === undefined)
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
}
