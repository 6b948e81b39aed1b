/**
 * A first project to look at: real images, most with accepted labels, a few left as work.
 *
 * Made only when there is no project at all. The import is an ordinary job, so a start that is interrupted is finished
 * by the worker. The images without labels get proposals from the shipped model that fits them.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "#platform/index.ts";
import {
  type Agent,
  createProject,
  ensureAgent,
  type ImageKind,
  type Job,
  listProjects,
  readImageKinds,
  type Store,
} from "#store/index.ts";
import { openFolderSource } from "./ingest/folder-source.ts";
import { type PlannedImage, planImport } from "./ingest/plan-import.ts";
import { versionFit } from "./models/fit-models.ts";
import { registerShippedModels, type ShippedModel } from "./shipped-models/register-models.ts";
import { insertJobRow, runJobHere } from "./submit.ts";

/** Enough to correct a few and see the model improve; the others train the first model. */
const LEFT_UNLABELLED = 6;

export interface SampleOutcome {
  /** Null when there was a project already, or no samples came with the program. */
  readonly projectId: string | null;
  readonly models: readonly ShippedModel[];
}

/**
 * Registers shipped models, and makes the sample project when the data folder has no project.
 *
 * @param options.samplesDir folder with `nuclei/`. @param options.modelsDir folder with `<name>/<version>/`.
 */
export async function ensureSampleProject(
  store: Store,
  options: { readonly samplesDir: string; readonly modelsDir: string; readonly log: Log },
): Promise<SampleOutcome> {
  const actor = await ensureAgent(store, "importer", "sample project");
  const models = await registerShippedModels(store, actor, options.modelsDir, options.log);
  const root = join(options.samplesDir, "nuclei");
  const present = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!present || (await listProjects(store)).length > 0) return { projectId: null, models };
  const project = await createProject(store, actor, "Sample nuclei");
  const job = await importSamples(store, actor, project.id, root);
  options.log.write(job.state === "done" ? "info" : "warn", "sample project imported", {
    state: job.state,
    ...job.result,
  });
  await proposeRest(store, actor, project.id, job, models);
  return { projectId: project.id, models };
}

async function importSamples(store: Store, actor: Agent, projectId: string, root: string): Promise<Job> {
  const plan = await planImport(await openFolderSource(root));
  return runJobHere(store, actor, {
    kind: "ingest",
    projectId,
    title: "Import sample images",
    params: {
      rootPath: root,
      licence: "CC0-1.0",
      sourceTitle: "Data Science Bowl 2018, stage 1",
      withoutLabels: chooseUnlabelled(plan.images, LEFT_UNLABELLED).map((image) => image.name),
    },
  });
}

/** One image after the other from the group that has most left, never a group's last: every group keeps labels. */
export function chooseUnlabelled<T extends Pick<PlannedImage, "name" | "group">>(
  images: readonly T[],
  count: number,
): T[] {
  const groups = [...Map.groupBy(images, (image) => image.group)]
    .map(([group, members]) => ({ group, left: [...members].sort((a, b) => (a.name < b.name ? -1 : 1)) }))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
  const chosen = new Map<string, T[]>();
  const taken = (group: string): T[] => chosen.get(group) ?? [];
  const total = (): number => [...chosen.values()].reduce((sum, list) => sum + list.length, 0);
  while (total() < count) {
    // Groups with the fewest taken first, then the largest.
    const next = groups
      .filter(({ left }) => left.length > 1)
      .sort((a, b) => taken(a.group).length - taken(b.group).length || b.left.length - a.left.length)[0];
    const image = next?.left.shift();
    if (next === undefined || image === undefined) break;
    chosen.set(next.group, [...taken(next.group), image]);
  }
  return [...chosen.values()].flat();
}

/** Of models that fit alike, the newest. */
export function bestFitting(
  models: readonly ShippedModel[],
  kinds: readonly ImageKind[],
): ShippedModel | undefined {
  const fits = models.map(({ version }) => versionFit(version, kinds) ?? -1);
  return models[fits.lastIndexOf(Math.max(...fits))];
}

async function proposeRest(
  store: Store,
  actor: Agent,
  projectId: string,
  job: Job,
  models: readonly ShippedModel[],
): Promise<void> {
  const kinds = await readImageKinds(store, projectId);
  const model = bestFitting(models, kinds);
  if (model === undefined || job.state !== "done") return;
  // Empty list: every image without a person's labels. The worker finds the waiting row by itself.
  await insertJobRow(store, actor, {
    kind: "propose",
    projectId,
    title: `Propose cells with ${model.version.name}@${model.version.version}`,
    params: { modelVersionId: model.version.id, imageIds: [] },
  });
}
