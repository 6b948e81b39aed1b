/**
 * Other splits of a frozen dataset version: folds, leave-one-out reports, growing parts of the training set.
 *
 * They are computed from the version's items and its seed, never stored, so they add no state that could disagree. An
 * image of the frozen test role never trains in any of them; where it is not tested it is left out.
 */

import { FoundryError } from "../errors.ts";
import { rng } from "../rng.ts";
import { assignBins, type BinGroup } from "./assign-bins.ts";
import type { SplitRole } from "./group-split.ts";

export type SplitView =
  | { readonly kind: "whole" }
  /** Fold 1 to `folds` validates, the others train; groups stay together, test stays test. */
  | { readonly kind: "fold"; readonly folds: number; readonly fold: number }
  /** Everything with this value is tested, nothing of it trains; its groups go with it. */
  | { readonly kind: "leaveOut"; readonly field: string; readonly value: string }
  /** Test groups train too: for final weights, when folds have shown how good they are. Nothing is left to score on. */
  | { readonly kind: "withTest" }
  /** A part of the training set that contains every smaller part; the other roles stay. */
  | { readonly kind: "tranche"; readonly percent: number; readonly by: "group" | "image" };

export interface ViewItem {
  /** Digest of the pixels: names the image whatever its name is. */
  readonly id: string;
  readonly group: string;
  readonly role: SplitRole;
  /** Cells, or 1 for an empty image. */
  readonly weight: number;
  readonly strata: Readonly<Record<string, string>>;
}

/** More folds than this leave single images to validate on. */
const foldsMax = 100;

/**
 * Reads `whole`, `fold:2/5`, `leave-out:platform=CODEX`, `with-test`, `tranche:25` or `tranche:25:image`.
 *
 * @throws FoundryError `request.invalid`.
 */
export function parseSplitView(text: string): SplitView {
  if (text === "" || text === "whole") return { kind: "whole" };
  if (text === "with-test") return { kind: "withTest" };
  const fold = /^fold:(\d{1,3})\/(\d{1,3})$/.exec(text);
  if (fold !== null) {
    const [one, folds] = [Number(fold[1]), Number(fold[2])];
    if (folds >= 2 && folds <= foldsMax && one >= 1 && one <= folds)
      return { kind: "fold", folds, fold: one };
  }
  const left = /^leave-out:([A-Za-z][A-Za-z0-9_]{0,63})=(.{1,2000})$/.exec(text);
  if (left !== null) return { kind: "leaveOut", field: left[1] as string, value: left[2] as string };
  const tranche = /^tranche:(\d{1,3}(?:\.\d{1,3})?)(?::(group|image))?$/.exec(text);
  if (tranche !== null) {
    const percent = Number(tranche[1]);
    const by = (tranche[2] ?? "group") as "group" | "image";
    if (percent > 0 && percent <= 100) return { kind: "tranche", percent, by };
  }
  throw new FoundryError("request.invalid", {
    message: `"${text.slice(0, 100)}" is no split of a dataset version.`,
    hint: "Use whole, fold:1/5, leave-out:platform=CODEX, with-test, tranche:25 or tranche:25:image.",
  });
}

export function formatSplitView(view: SplitView): string {
  if (view.kind === "fold") return `fold:${view.fold}/${view.folds}`;
  if (view.kind === "leaveOut") return `leave-out:${view.field}=${view.value}`;
  if (view.kind === "withTest") return "with-test";
  if (view.kind === "tranche") return `tranche:${view.percent}${view.by === "image" ? ":image" : ""}`;
  return "whole";
}

/** Whether a model of this view is tested on the frozen test images, and so comparable with others of the version. */
export function keepsFrozenTest({ kind }: SplitView): boolean {
  return kind !== "leaveOut" && kind !== "withTest";
}

/**
 * Role of each item in a view, in the order given; null where it is left out. Does not depend on the order of items.
 *
 * @param seed  of the version. Cost: O(items log items).
 */
export function rolesInView(
  items: readonly ViewItem[],
  view: SplitView,
  seed: number | string,
): (SplitRole | null)[] {
  switch (view.kind) {
    case "whole":
      return items.map(({ role }) => role);
    case "fold":
      return rolesInFold(items, view, seed);
    case "leaveOut": {
      const held = new Set(
        items.filter(({ strata }) => strata[view.field] === view.value).map(({ group }) => group),
      );
      return items.map(({ group, role }) => (held.has(group) ? "test" : role === "test" ? null : role));
    }
    case "withTest":
      return items.map(({ role }) => (role === "test" ? "train" : role));
    case "tranche":
      return rolesInTranche(items, view, seed);
  }
}

function rolesInFold(
  items: readonly ViewItem[],
  { folds, fold }: { readonly folds: number; readonly fold: number },
  seed: number | string,
): (SplitRole | null)[] {
  const groups = groupsOf(items.filter(({ role }) => role !== "test"));
  const bins = assignBins(groups, {
    shares: Array.from({ length: folds }, () => 1 / folds),
    seed,
    stream: `folds ${folds}`,
  });
  return items.map(({ group, role }) =>
    role === "test" ? "test" : bins.get(group) === fold - 1 ? "validation" : "train",
  );
}

/** Groups by key with their weights per stratum, as the split of the version weighs them. */
export function groupsOf(items: readonly ViewItem[]): BinGroup[] {
  const groups = new Map<string, { weight: number; readonly strata: Record<string, number> }>();
  for (const { group, weight, strata } of items) {
    const entry = groups.get(group) ?? { weight: 0, strata: {} };
    entry.weight += weight;
    for (const [field, value] of Object.entries(strata)) {
      const name = `${field}=${value}`;
      entry.strata[name] = (entry.strata[name] ?? 0) + weight;
    }
    groups.set(group, entry);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { weight, strata }]) => ({ key, weight, strata }));
}

function rolesInTranche(
  items: readonly ViewItem[],
  { percent, by }: { readonly percent: number; readonly by: "group" | "image" },
  seed: number | string,
): (SplitRole | null)[] {
  const unitOf = (item: ViewItem): string => (by === "group" ? item.group : item.id);
  const weights = new Map<string, number>();
  for (const item of items) {
    if (item.role !== "train") continue;
    weights.set(unitOf(item), (weights.get(unitOf(item)) ?? 0) + (by === "group" ? item.weight : 1));
  }
  const ordered = [...weights]
    .map(([key, weight]) => ({ key, weight, rank: rng(seed, "tranche", key).next() }))
    .sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  const total = ordered.reduce((sum, { weight }) => sum + weight, 0);
  const kept = new Set<string>();
  let held = 0;
  for (const { key, weight } of ordered) {
    // The first unit always counts: a tranche without images teaches nothing.
    if (kept.size > 0 && held >= (total * percent) / 100 - 1e-9) break;
    kept.add(key);
    held += weight;
  }
  return items.map((item) => (item.role !== "train" || kept.has(unitOf(item)) ? item.role : null));
}
