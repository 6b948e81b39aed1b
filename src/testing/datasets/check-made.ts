/**
 * Reads a made-up data set through its layout and compares every image with the truth: the test that all sets share.
 */
import { expect } from "vitest";
import type { ImportFiles, Layout, LayoutPlan, ReadItem } from "#formats/index.ts";
import { memoryFiles } from "../import-files.ts";
import { shapeKey } from "../read-layers.ts";
import type { MadeDataset, TrueLayer } from "./truth.ts";

export interface CheckedDataset {
  readonly files: ImportFiles;
  readonly plan: LayoutPlan;
  readonly items: readonly ReadItem[];
}

/** Shapes with their class, sorted. */
function facts(objects: TrueLayer["objects"]): string[] {
  return objects.map(({ shape, cellType }) => `${shapeKey(shape)} ${cellType ?? ""}`).sort();
}

export async function checkMadeDataset(
  layout: Layout,
  made: MadeDataset,
  title = "made",
): Promise<CheckedDataset> {
  const files = memoryFiles(title, made.files);
  const plan = await layout.plan(files);
  if (plan === null) throw new Error(`${layout.format} does not recognise its own files`);
  expect(plan.items).toHaveLength(made.images.length);
  const reader = layout.open(files);
  const items: ReadItem[] = [];
  for (const [i, item] of plan.items.entries()) {
    const truth = made.images[i]!;
    expect(item.metadata, item.name).toMatchObject(truth.metadata);
    const read = await reader.read(item);
    expect(
      read.layers.map(({ compartment }) => compartment),
      item.name,
    ).toEqual(truth.layers.map(({ compartment }) => compartment));
    for (const [k, layer] of read.layers.entries())
      expect(facts(layer.objects), `${item.name}, ${layer.compartment}`).toEqual(
        facts(truth.layers[k]!.objects),
      );
    items.push(read);
  }
  return { files, plan, items };
}
