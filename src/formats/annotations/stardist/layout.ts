/**
 * Folders of StarDist: `{train,test}/{images,masks}/<name>.tif`, a label image per image.
 *
 * The publisher's split is kept as the metadata field `sourceSplit`; it is a fact of the source, not the split used for
 * training here. Objects are taken as nuclei, which StarDist is made for.
 */
import type { ImportFiles, Layout, LayoutPlan } from "../../import/layout.ts";
import { pairsLayout } from "../../import/pairs.ts";

const SPLIT = /(?:^|\/)(train|test|val|validation)\/(images|masks)\/[^/]+$/i;

export const stardistLayout: Layout = {
  format: "stardist",
  title: "StarDist folders",
  plan: planStarDist,
  open: (files) => pairsLayout.open(files),
};

async function planStarDist(files: ImportFiles): Promise<LayoutPlan | null> {
  const inside = files.entries.filter(({ path }) => SPLIT.test(path));
  const kinds = new Set(inside.map(({ path }) => SPLIT.exec(path)?.[2]?.toLowerCase()));
  if (!kinds.has("images") || !kinds.has("masks")) return null;
  const plan = await pairsLayout.plan({ ...files, entries: inside });
  if (plan === null) return null;
  const known = new Set(inside);
  const outside = files.entries.filter((entry) => !known.has(entry));
  return {
    ...plan,
    items: plan.items.map((item) => {
      const split = SPLIT.exec(item.imagePath)?.[1]?.toLowerCase() ?? "";
      return { ...item, metadata: { ...item.metadata, sourceSplit: split === "val" ? "validation" : split } };
    }),
    ignored: [
      ...plan.ignored,
      ...outside.map(({ path }) => ({
        path,
        reason: "it lies outside the folders images and masks of train and test",
      })),
    ],
    notes: [...plan.notes, "The publisher's split is kept as sourceSplit; it decides nothing here."],
  };
}
