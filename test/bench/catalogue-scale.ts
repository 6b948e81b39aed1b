/**
 * How long the catalogue takes to answer when a project has very many images.
 *
 *     node test/bench/catalogue-scale.ts [--images 1000000] [--experiments 2000] [--runs 15] [--home FOLDER] [--typed 0]
 *
 * Images are rows made by a generator in a temporary data folder; they have no pixels. Each belongs to an experiment,
 * which has organ, species, cell type, disease, platform and modality; to a group of ten; and has about 100 cells. The
 * triggers of the schema fill the catalogue, as they do for every other writer. With --home the data folder is kept, and
 * used as it is when it holds the images already. --typed gives cells of so many images types: three sets of terms each.
 */

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { shippedTerms } from "#core/ontology/index.ts";
import { rng as createRng } from "#core/rng.ts";
import { parseQuery } from "#core/select/index.ts";
import {
  type Agent,
  agentOf,
  catalogueFacets,
  createProject,
  ensureLab,
  ensureOwner,
  imageStatistics,
  insertImage,
  listImages,
  listProjects,
  openStore,
  prepareWords,
  previewBulkEdit,
  type Store,
  startBulkEdit,
  undoBulkEdit,
  updateImage,
} from "#store/index.ts";
import { sampleImage } from "#store/testing/sample-labels.ts";
import { openTemporaryStore } from "#store/testing/temporary-store.ts";

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "1000000" },
    experiments: { type: "string", default: "2000" },
    runs: { type: "string", default: "15" },
    home: { type: "string" },
    typed: { type: "string", default: "0" },
  },
});
const imageCount = Number(values.images);
const experimentCount = Number(values.experiments);
const runs = Number(values.runs);

/** Rows per statement: a statement of the generator, not of the program. */
const chunk = 20_000;

const pick = (prefix: string): string[] =>
  shippedTerms()
    .filter(({ curie }) => curie.startsWith(prefix))
    .map(({ label }) => label);

function experiments(): Record<string, string>[] {
  const rng = createRng(7);
  const [organs, cellTypes, species] = [pick("UBERON:"), pick("CL:"), pick("NCBITaxon:")];
  const [diseases, platforms, modalities] = [pick("MONDO:"), pick("OBI:"), pick("FBbi:")];
  return Array.from({ length: experimentCount }, (_, i) => ({
    kind: rng.pick(["fluorescence", "phase", "histology", "multiplexed"]),
    organ: rng.pick(organs),
    cellType: rng.pick(cellTypes),
    species: rng.chance(0.6) ? "Homo sapiens" : rng.pick(species),
    disease: rng.pick(diseases),
    platform: rng.pick(platforms),
    modality: rng.pick(modalities),
    experiment: `experiment ${i}`,
  }));
}

async function generate(store: Store, actor: Agent, projectId: string): Promise<void> {
  const list = experiments();
  await prepareWords(store, projectId, list);
  await store.sql.query(`CREATE TABLE bench_experiment AS
    SELECT row_number() OVER () - 1 AS n, e AS metadata FROM jsonb_array_elements('${JSON.stringify(list).replaceAll("'", "''")}'::jsonb) e`);
  await store.sql.query("CREATE UNIQUE INDEX bench_experiment_n ON bench_experiment (n)");
  const source = store.ids.next();
  await store.sql.query(
    `INSERT INTO source (id, project_id, title, licence, url, created_at) VALUES ($1, $2, 'generated', 'CC0-1.0', '', now())`,
    [source, projectId],
  );
  const perExperiment = Math.ceil(imageCount / experimentCount);
  for (let from = 0; from < imageCount; from += chunk) {
    const to = Math.min(imageCount, from + chunk);
    await store.sql.query(
      `WITH b AS (INSERT INTO blob (digest, bytes, created_at)
         SELECT encode(sha256(i::text::bytea), 'hex'), 1, now() FROM generate_series($1::integer, $2::integer - 1) i)
       SELECT 1`,
      [from, to],
    );
    await store.sql.query(
      `INSERT INTO image (id, project_id, source_id, name, array_digest, axes, shape, dtype, height, width, mpp_y, mpp_x,
         mpp_reason, group_key, metadata, status, cell_count, created_by, created_at)
       SELECT '01' || lpad(upper(to_hex(i)), 24, '0'), $3, $4, 'plate ' || (i / 96) || ' well ' || (i % 96),
         encode(sha256(i::text::bytea), 'hex'), 'cyx', ARRAY[2, 512, 512], 'uint16', 512, 512,
         r.mpp, r.mpp, CASE WHEN r.mpp IS NULL THEN 'not given' END, 'donor ' || (i / 10), e.metadata,
         s.status, CASE s.status WHEN 'unlabelled' THEN 0 ELSE 20 + (r.roll * 182)::integer END, $5,
         now() - ((1000000 - i) || ' seconds')::interval * 60
       FROM generate_series($1::integer, $2::integer - 1) i
       CROSS JOIN LATERAL (SELECT (hashint4(i)::bigint & 65535) / 65535.0 AS roll,
         CASE WHEN i % 20 = 0 THEN NULL ELSE 0.1 + (hashint4(i + 7)::bigint & 15) * 0.1 END AS mpp) r
       CROSS JOIN LATERAL (SELECT CASE WHEN i % 10 < 6 THEN 'accepted' WHEN i % 10 < 7 THEN 'corrected'
         WHEN i % 10 < 9 THEN 'proposed' ELSE 'unlabelled' END AS status) s
       JOIN bench_experiment e ON e.n = i / $6`,
      [from, to, projectId, source, actor.id, perExperiment],
    );
    if ((from / chunk) % 10 === 9) process.stderr.write(`${to} images\n`);
  }
  await store.sql.query(
    `INSERT INTO group_split (project_id, group_key, role, set_by, set_at)
     SELECT $1, 'donor ' || g, CASE WHEN g / 5 % 10 < 7 THEN 'train' WHEN g / 5 % 10 < 8 THEN 'validation' ELSE 'test' END,
       $2, now() FROM generate_series(0, $3::integer / 10) g WHERE g % 5 < 3`,
    [projectId, actor.id, imageCount],
  );
  await store.sql.query("VACUUM ANALYZE");
}

/** Types as counted: a layer of each of the first images, with three of twenty types, one of them beside another on a cell. */
async function generateTypes(store: Store, actor: Agent, projectId: string, images: number): Promise<void> {
  const terms = shippedTerms()
    .flatMap(({ curie }) => (curie.startsWith("CL:") ? [curie] : []))
    .slice(0, 20)
    .sort();
  await store.sql.query(
    `WITH made AS (INSERT INTO layer (id, image_id, compartment, truth, created_by, created_at)
       SELECT 'L' || right(id, 25), id, 'nuclear', 'gold', $2, now() FROM image
       WHERE project_id = $1 AND id LIKE '01%' ORDER BY id LIMIT $3 RETURNING id, image_id),
     typed AS (INSERT INTO typed_layer (layer_id, project_id, stale) SELECT id, $1, false FROM made)
     SELECT 1`,
    [projectId, actor.id, images],
  );
  await store.sql.query(
    `INSERT INTO typed_cells (layer_id, image_id, project_id, terms, cells)
     SELECT l.id, l.image_id, $1, s.terms, 10 FROM layer l
     CROSS JOIN LATERAL (SELECT (hashtext(l.id) & 65535) % 18 AS n) r
     CROSS JOIN LATERAL (VALUES (ARRAY[($2::text[])[r.n + 1]]), (ARRAY[($2::text[])[r.n + 2]]),
       (ARRAY[($2::text[])[r.n + 2], ($2::text[])[r.n + 3]])) AS s (terms)
     WHERE l.id LIKE 'L%'`,
    [projectId, terms],
  );
  await store.sql.query(
    "INSERT INTO cell_term (project_id, term) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
    [projectId, terms],
  );
  await store.sql.query("VACUUM ANALYZE typed_cells");
}

async function measureTypes(store: Store, projectId: string): Promise<void> {
  const facets = (q: string) => async () => {
    const found = await catalogueFacets(store, { projectId, query: parseQuery(q) });
    const types = found.facets.find(({ field }) => field === "cells.type");
    return `${found.images} images, ${types?.terms.length ?? 0} types`;
  };
  await measure("typed: facets, no filter", facets(""));
  await measure("typed: facets, two filters", facets("organ under UBERON:0001007 and status=accepted"));
  await measure("typed: facets under lymphocyte", facets("cells.type under CL:0000542"));
  await measure("typed: first page under cell", async () => {
    const query = parseQuery("cells.type under CL:0000000 and status=accepted");
    const found = await listImages(store, { projectId, query, facets: false });
    return `${found.total} images`;
  });
}

interface Figure {
  readonly what: string;
  readonly answer: string;
  readonly p50: number;
  readonly p95: number;
}

async function measure(what: string, work: () => Promise<string>, times = runs): Promise<Figure> {
  const took: number[] = [];
  let answer = "";
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    answer = await work();
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  const at = (share: number): number =>
    took[Math.min(took.length - 1, Math.floor(took.length * share))] as number;
  const figure = { what, answer, p50: at(0.5), p95: at(0.95) };
  console.log(
    `${what.padEnd(58)} ${figure.p50.toFixed(0).padStart(7)} ${figure.p95.toFixed(0).padStart(7)}  ${answer}`,
  );
  return figure;
}

async function measureReads(store: Store, projectId: string): Promise<void> {
  const facets = (q: string, search?: string) => async () => {
    const found = await catalogueFacets(store, { projectId, query: parseQuery(q), search });
    return `${found.images} images, ${found.cells} cells, ${found.facets.length} facets`;
  };
  await measure("facets, no filter", facets(""));
  await measure(
    "facets, two filters: term below, status",
    facets("organ under UBERON:0001007 and status=accepted"),
  );
  await measure("facets, two filters: species, kind", facets('species="Homo sapiens" and kind=fluorescence'));
  await measure(
    "facets, three terms with descendants",
    facets("organ under UBERON:0001007 and species under NCBITaxon:9606 and cellType under CL:0000000"),
  );
  await measure("facets, filter and range of cells", facets("status=accepted and cells>190"));
  await measure("facets, wide range of pixel size", facets("mpp>=0.3 and mpp<=0.8"));
  await measure("facets, role of the split", facets("split=test"));
  await measure("facets, free text", facets("", "experiment 77"));
  const page =
    (q: string, more: Parameters<typeof listImages>[1] | object = {}) =>
    async () => {
      const found = await listImages(store, { projectId, query: parseQuery(q), facets: false, ...more });
      return `${found.total} images, ${found.items.length} on the page`;
    };
  await measure("first page, no filter", page(""));
  await measure("first page, two filters", page("organ under UBERON:0001007 and status=accepted"));
  await measure(
    "first page, one combination of words",
    page("organ=lung and kind=phase and status=proposed"),
  );
  await measure("first page by cells, most first", page("", { order: "cells", descending: true }));
  await measure("first page by name", page("status=accepted", { order: "name" }));
  let cursor: string | undefined;
  await measure("next pages", async () => {
    const found = await listImages(store, { projectId, cursor, query: parseQuery("status=accepted") });
    cursor = found.nextCursor ?? undefined;
    return `${found.items.length} on the page`;
  });
  await measure("free text, rare", page("", { search: "plate 10416 well 5" }));
  await measure("free text, common", page("", { search: "well 9" }));
  await measure("free text, two letters", page("", { search: "77" }));
  await measure("field that is no facet", page('experiment="experiment 77"'));
  await measure("statistics, whole project", async () => {
    const found = await imageStatistics(store, {
      projectId,
      query: parseQuery(""),
      rows: "organ",
      columns: "platform",
    });
    return `${found.cross.cells.length} pairs`;
  });
  await measure("statistics, two filters", async () => {
    const query = parseQuery("species under NCBITaxon:9606 and status=accepted");
    const found = await imageStatistics(store, { projectId, query, rows: "organ", columns: "platform" });
    return `${found.cross.cells.length} pairs`;
  });
}

async function measureWrites(store: Store, actor: Agent, projectId: string, seed: number): Promise<void> {
  let i = 0;
  let last = "";
  const metadata = { kind: "fluorescence", organ: "lung" };
  await measure(
    "import of one image (16 x 16 pixels)",
    async () => {
      const image = sampleImage(16, 16, seed + i++);
      const done = await insertImage(store, actor, {
        projectId,
        name: "one",
        image,
        metadata,
        source: { title: "s", licence: "CC0-1.0" },
      });
      last = done.imageId;
      return done.state;
    },
    40,
  );
  await measure(
    "status and cell count of one image",
    async () => {
      await store.sql.query(
        "UPDATE image SET status = CASE status WHEN 'accepted' THEN 'corrected' ELSE 'accepted' END, cell_count = cell_count + 1 WHERE id = $1",
        [last],
      );
      return "";
    },
    40,
  );
  await measure(
    "metadata of one image",
    async () => {
      await updateImage(store, actor, last, { metadata: { ...metadata, note: `take ${i++}` } });
      return "";
    },
    40,
  );
}

async function measureBulk(store: Store, actor: Agent, projectId: string): Promise<void> {
  const query = 'name~"plate 100"';
  const changes = { metadata: { preparation: "FFPE" } };
  const filter = { projectId, query: parseQuery(query) };
  const narrow = { projectId, query: parseQuery(`${query} and cells>=20`) };
  await measure(
    "bulk edit: preview",
    async () => {
      const found = await previewBulkEdit(store, filter, changes);
      return `${found.images} images`;
    },
    3,
  );
  let id = "";
  await measure(
    "bulk edit: set",
    async () => {
      const done = await startBulkEdit(store, actor, { filter: narrow, queryText: query, changes });
      id = done.id;
      return `${done.imageCount} images`;
    },
    1,
  );
  await measure(
    "bulk edit: undo",
    async () => {
      const done = await undoBulkEdit(store, actor, id);
      return `${done.undone} images`;
    },
    1,
  );
}

const temporary = values.home === undefined ? await openTemporaryStore() : null;
const store = temporary?.store ?? (await openStore({ home: values.home as string }));
try {
  await ensureLab(store);
  const actor = agentOf(await ensureOwner(store));
  const projects = await listProjects(store);
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  console.log(`${"".padEnd(58)}  p50 ms  p95 ms`);
  if (!projects.some(({ name }) => name === "small")) {
    const small = await createProject(store, actor, "small");
    console.log("in an empty data folder");
    await measureWrites(store, actor, small.id, 0);
  }
  const present = projects.find(({ name }) => name === "large");
  const project = present ?? (await createProject(store, actor, "large"));
  if (present === undefined) {
    const start = performance.now();
    await generate(store, actor, project.id);
    console.log(`${imageCount} images made in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  const [sizes] = await store.sql.query<{ combinations: number; counts: number; bytes: number }>(
    `SELECT (SELECT count(*) FROM facet_combination) AS combinations, (SELECT count(*) FROM facet_count) AS counts,
      pg_total_relation_size('catalogue') + pg_total_relation_size('image_text') AS bytes`,
  );
  console.log(
    `${sizes?.combinations} combinations, ${sizes?.counts} counts, catalogue and texts ${((sizes?.bytes ?? 0) / 1e6).toFixed(0)} MB`,
  );
  await measureReads(store, project.id);
  if (Number(values.typed) > 0) {
    if (present === undefined) await generateTypes(store, actor, project.id, Number(values.typed));
    await measureTypes(store, project.id);
  }
  await measureWrites(store, actor, project.id, Date.now() % 1_000_000_000);
  await measureBulk(store, actor, project.id);
} finally {
  await (temporary === null ? store.close() : temporary.end());
}
