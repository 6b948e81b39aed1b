/**
 * Items as formats of label images can show them: a cell wholly under others is in none of their pictures.
 *
 * Tables of tracks and cells beside such pictures must not name it, or their readers (ours too) refuse the whole: "cell 7 has
 * no pixels in frame 3". Its track goes on where it is seen again, as over any gap. That it is left out is said by the notes
 * of the export, and what is known of the layer (`images.jsonl`, types and links of cells) still counts and names it.
 */
import { hiddenPixels } from "#core/labels/index.ts";
import type { Exporter, ExportItem, ExportLayer, ExportLink } from "./export-item.ts";

/** The same item for formats that keep overlaps, and where every cell has a pixel to be seen. */
export function seenItem(item: ExportItem, { keepsOverlaps }: Pick<Exporter, "keepsOverlaps">): ExportItem {
  if (keepsOverlaps === true) return item;
  const layers = item.layers.map(seenLayer);
  return layers.every((layer, i) => layer === item.layers[i]) ? item : { ...item, layers };
}

function seenLayer(layer: ExportLayer): ExportLayer {
  const covered = new Set(hiddenPixels(layer)?.covered);
  if (covered.size === 0) return layer;
  const gone = new Set(layer.objects.filter(({ label }) => covered.has(label)).map(({ uid }) => uid));
  return {
    ...layer,
    objects: layer.objects.filter(({ uid }) => !gone.has(uid)),
    links: linksOver(layer.links, gone),
  };
}

/** Links from the last cell that is seen to the next; one that passes a division is a division. */
function linksOver(links: readonly ExportLink[], gone: ReadonlySet<string>): ExportLink[] {
  const origins = new Map(links.map((link) => [link.toUid, link]));
  return links.flatMap((link): ExportLink[] => {
    if (gone.has(link.toUid)) return [];
    let { fromUid, kind } = link;
    // Origins lie in earlier frames, so this ends; a cell has one at most.
    while (gone.has(fromUid)) {
      const before = origins.get(fromUid);
      if (before === undefined) return [];
      fromUid = before.fromUid;
      if (before.kind === "division") kind = "division";
    }
    return [{ fromUid, toUid: link.toUid, kind }];
  });
}
