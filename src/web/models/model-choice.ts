/** Model versions as things to choose from, the best choice first. Pure. */

import type { ListedVersion, Model, ModelVersion } from "#api/index.ts";
import { modelTask } from "#core/prepare/index.ts";

export interface ModelItem {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}

/**
 * Those made for other images last, released before candidate, then the better fit, newer before older; retired ones are not
 * offered.
 */
export function usableVersions(models: readonly Model[]): ListedVersion[] {
  return (
    models
      .flatMap((model) => model.versions)
      // A linker links cells of movies, a prompt model outlines the one pointed at; neither finds any.
      .filter(({ stage, contract }) => stage !== "retired" && modelTask(contract) === "segmentation")
      .sort(
        (a, b) =>
          Number(isForOthers(a)) - Number(isForOthers(b)) ||
          stageRank(a) - stageRank(b) ||
          fitStep(b) - fitStep(a) ||
          (a.createdAt < b.createdAt ? 1 : -1),
      )
  );
}

/** Below this, a model was made for other images than most of the project's. */
const FIT_POOR = -0.5;

const isForOthers = ({ fit }: ListedVersion): boolean => fit !== null && fit < FIT_POOR;

/** Fits that differ by less than a tenth say the same. */
const fitStep = ({ fit }: ListedVersion): number => Math.round((fit ?? 0) * 10);

export function newestUsable(models: readonly Model[]): ListedVersion | undefined {
  return usableVersions(models)[0];
}

/** What training starts from unless told otherwise: learning goes faster from a model that knows such cells. */
export function newestReleased(models: readonly Model[]): ListedVersion | undefined {
  return usableVersions(models).find((version) => version.stage === "released" && isOurs(version));
}

export function versionName(version: Pick<ModelVersion, "name" | "version">): string {
  return `${version.name}@${version.version}`;
}

export function modelItems(models: readonly Model[]): ModelItem[] {
  return usableVersions(models).map((version) => ({
    value: version.id,
    label: versionName(version),
    note: `${version.stage}, ${originWords(version)}${fitWords(version)}`,
  }));
}

const fitWords = (version: ListedVersion): string =>
  isForOthers(version) ? ", for other kinds of images" : "";

/** Where a version is from. */
export function originWords({ dataset, shipped }: Pick<ModelVersion, "dataset" | "shipped">): string {
  if (dataset !== null) return `trained on ${dataset.name}@${dataset.version}`;
  return shipped ? "came with the program" : "imported";
}

/** Whether the network is one of ours: only such can be trained further and run in the browser. */
export function isOurs({ contract }: Pick<ModelVersion, "contract">): boolean {
  return contract["adapter"] === undefined;
}

/** Versions that a training may start from. */
export function baseItems(models: readonly Model[]): ModelItem[] {
  const linkers = models
    .flatMap((model) => model.versions)
    .filter(({ stage, contract }) => stage !== "retired" && contract["kind"] === "linking")
    .map((version) => ({
      value: version.id,
      label: versionName(version),
      note: `learns from corrected tracks; ${version.stage}, ${originWords(version)}`,
    }));
  return [
    ...modelItems(models.map((model) => ({ ...model, versions: model.versions.filter(isOurs) }))),
    ...linkers,
  ];
}

/** Only released versions, for the Predict page. */
export function releasedItems(models: readonly Model[]): ModelItem[] {
  return modelItems(
    models.map((model) => ({
      ...model,
      versions: model.versions.filter(({ stage }) => stage === "released"),
    })),
  );
}

const stageRank = (version: ModelVersion): number => (version.stage === "released" ? 0 : 1);
