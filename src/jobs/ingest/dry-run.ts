/**
 * A dry run: what an import would do, what is in the files, and what nobody has said yet. Stores nothing.
 *
 * The plan is the import's own. Up to 200 images, spread over the import, are decoded whole for sizes, types and
 * statistics of labels; all files are compared by bytes as far as a budget of reading goes. The report says how much of
 * the import it looked at.
 */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorToWire, isFoundryError } from "#core/errors.ts";
import { isFacetName } from "#core/ontology/index.ts";
import { filesImportedBefore, imagesByDigest, loadVocabulary, type Store } from "#store/index.ts";
import type { IngestParams } from "../job.ts";
import { answersForReading, type KnownAnswers, readAnswers } from "./answers.ts";
import { type DecoderPool, openDecoderPool } from "./decoder/decoder-pool.ts";
import { type DryRun, type Examined, reportOf, type SameImages } from "./dry-run-report.ts";
import { placeOf, planOptions } from "./ingest.ts";
import type { PlannedImage, PlannedImport, RefusedFile } from "./plan-import.ts";
import { spread } from "./spread.ts";

/** Enough for honest medians, quick for any import. */
const EXAMINED_MAX = 200;

/** Image files compared by bytes: this many, and of this size together, take under a minute to read. */
const COMPARED_MAX = 20_000;
const COMPARED_BYTES_MAX = 8 * 2 ** 30;

/** Files of one call for digests: a sign of life between them. */
const DIGESTED_AT_ONCE = 100;

/** Images drawn: more than are shown, because some of them may be refused. */
const PICTURED = 8;

/** Where the images would go, to know what is there already. */
export interface DryRunTarget {
  readonly store: Store;
  readonly projectId: string | null;
  /** Draw small pictures of some images; default false. */
  readonly pictures?: boolean;
}

/** @throws FoundryError the planning errors of the import; `request.invalid` for answers that are none. */
export async function dryRunImport(params: IngestParams, target?: DryRunTarget): Promise<DryRun> {
  const answers = readAnswers(params.answers);
  const tempFolder = target === undefined ? tmpdir() : join(target.store.home, "staging");
  const pool = await openDecoderPool({
    place: placeOf(params),
    tempFolder,
    ...(target === undefined ? {} : { wholeValuesMax: target.store.wholeValuesMax }),
  });
  try {
    const plan = await pool.plan({ ...(await planOptions(params)), allCandidates: true, checkSheet: true });
    const { examined, failures } = await examine(
      pool,
      plan,
      answers,
      target?.pictures === true ? PICTURED : 0,
    );
    const same = await findSame(pool, plan, examined, target);
    const known = target === undefined ? plan : await knowLocalTerms(plan, target.store);
    return reportOf(known, answers, examined, [...plan.failures, ...failures], same);
  } finally {
    await pool.close();
  }
}

/** The sheet was held against the shipped vocabulary; the lab's own terms and installed releases are known here. */
async function knowLocalTerms(plan: PlannedImport, store: Store): Promise<PlannedImport> {
  if (plan.sheetProblems.length === 0) return plan;
  const vocabulary = await loadVocabulary(store);
  const sheetProblems = plan.sheetProblems.filter(({ rule, field, value }) => {
    if (rule !== "unknownTerm" || !isFacetName(field)) return true;
    return vocabulary.resolve(field, value).state !== "known";
  });
  return { ...plan, sheetProblems };
}

async function examine(
  pool: DecoderPool,
  plan: PlannedImport,
  answers: KnownAnswers,
  pictured: number,
): Promise<{ readonly examined: Examined[]; readonly failures: RefusedFile[] }> {
  const chosen = spread(plan.images, EXAMINED_MAX);
  const found: (Examined | undefined)[] = chosen.map(() => undefined);
  const failures: RefusedFile[] = [];
  const request = {
    format: plan.format,
    answers: answersForReading(answers),
    inspect: true,
  };
  const items = chosen.map(({ item }) => item);
  const previews = new Set(pictured === 0 ? [] : spread([...chosen.keys()], pictured));
  await pool.readAll(items, { ...request, previews }, async (outcome) => {
    const image = chosen[outcome.index] as PlannedImage;
    if ("decoded" in outcome) found[outcome.index] = { image, decoded: outcome.decoded };
    else failures.push({ path: image.item.imagePath, error: errorToWire(outcome.error) });
  });
  return { examined: found.filter((one) => one !== undefined), failures };
}

async function findSame(
  pool: DecoderPool,
  plan: PlannedImport,
  examined: readonly Examined[],
  target: DryRunTarget | undefined,
): Promise<SameImages> {
  // Large images are only looked at; their files are compared instead.
  const hashed = examined.filter(({ decoded }) => decoded.digest !== null);
  const byPixels = Map.groupBy(hashed, ({ decoded }) => decoded.digest as string);
  const files = await digestImageFiles(pool, plan, examined);
  // A container of many images is not one of them twice.
  const alone = [...Map.groupBy(plan.images, ({ item }) => item.imagePath).values()].flatMap((images) =>
    images.length === 1 && files.digests.has(images[0]?.item.imagePath ?? "") ? images : [],
  );
  const byFile = Map.groupBy(alone, ({ item }) => files.digests.get(item.imagePath) as string);
  const sets = [
    ...[...byFile.values()].map((images) => images.map(({ name }) => name)),
    ...[...byPixels.values()].map((images) => images.map(({ image }) => image.name)),
  ].filter((names) => names.length > 1);
  const duplicates = [...new Map(sets.map((names) => [[...names].sort().join("\n"), names])).values()];
  const inProject = target?.projectId == null ? [] : await findInProject(target.store, target.projectId);
  return { duplicates, inProject, notes: files.notes };

  async function findInProject(store: Store, projectId: string): Promise<DryRun["inProject"]> {
    const twins = await imagesByDigest(store, projectId, [...byPixels.keys()]);
    const before = await filesImportedBefore(store, projectId, [...byFile.keys()]);
    const pixels = twins.flatMap(({ arrayDigest, name: as }) =>
      (byPixels.get(arrayDigest) ?? []).map(({ image }) => ({ name: image.name, as, by: "pixels" as const })),
    );
    const known = new Set(pixels.map(({ name }) => name));
    const bytes = [...before].flatMap(([digest, as]) =>
      (byFile.get(digest) ?? []).map(({ name }) => ({ name, as, by: "file" as const })),
    );
    return [...pixels, ...bytes.filter(({ name }) => !known.has(name))];
  }
}

async function digestImageFiles(
  pool: DecoderPool,
  plan: PlannedImport,
  examined: readonly Examined[],
): Promise<{ readonly digests: ReadonlyMap<string, string>; readonly notes: readonly string[] }> {
  const digests = new Map(
    examined.flatMap(({ decoded }) => decoded.files.map(({ path, digest }) => [path, digest])),
  );
  const left = [...new Set(plan.images.map(({ item }) => item.imagePath))].filter(
    (path) => !digests.has(path),
  );
  let bytes = 0;
  let compared = 0;
  for (
    ;
    compared < left.length && compared < COMPARED_MAX && bytes < COMPARED_BYTES_MAX;
    compared += DIGESTED_AT_ONCE
  ) {
    const some = left.slice(compared, compared + DIGESTED_AT_ONCE);
    try {
      for (const file of await pool.digest(some)) {
        digests.set(file.path, file.digest);
        bytes += file.bytes;
      }
    } catch (error) {
      // A file that cannot be read shows as a failure of the import itself.
      if (!isFoundryError(error)) throw error;
    }
  }
  const rest = Math.max(0, left.length - compared);
  const notes = rest === 0 ? [] : [`${rest.toLocaleString("en")} files were not compared with each other.`];
  return { digests, notes };
}
