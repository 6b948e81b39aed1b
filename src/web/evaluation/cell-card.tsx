/** One cell of an evaluation: its picture with true and predicted outlines; opens the editor there. */

import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import type { EvaluationCellWire } from "#api/index.ts";
import { type CellPlace, evaluationPictureUrl, type ShownOutlines } from "../client/index.ts";
import { formatCount } from "../ui/index.ts";

export const CellCard = memo(function CellCard({
  projectId,
  evaluationId,
  cell,
  show,
  words,
  version,
  beside,
}: {
  projectId: string;
  evaluationId: string;
  cell: EvaluationCellWire;
  show: ShownOutlines;
  words: string;
  version: string;
  /** The same cell as another evaluation has it, at the left. */
  beside?: { readonly evaluationId: string; readonly place: CellPlace };
}): ReactNode {
  const around = beside === undefined ? ("case" as const) : ("cell" as const);
  const picture = { size: 256, show, around, version };
  return (
    <li className="min-w-0">
      <Link
        to="/p/$projectId/i/$imageId"
        params={{ projectId, imageId: cell.imageId }}
        search={editorPlace(cell, evaluationId)}
        preload={false}
        data-cell={`${cell.side} ${cell.label}`}
        className="group flex h-full flex-col overflow-hidden rounded-lg border border-line bg-panel hover:border-edge"
      >
        <div className={beside === undefined ? "grid" : "grid grid-cols-2 gap-px bg-line"}>
          {beside !== undefined && (
            <CellImage src={evaluationPictureUrl(beside.evaluationId, beside.place, picture)} />
          )}
          <CellImage src={evaluationPictureUrl(evaluationId, cell, picture)} />
        </div>
        <div className="flex flex-col gap-0.5 px-2.5 py-2">
          <p className="text-sm group-hover:text-accent">{words}</p>
          <p className="truncate text-xs text-quiet" title={cell.imageName}>
            {cell.imageName}
          </p>
        </div>
      </Link>
    </li>
  );
});

function CellImage({ src }: { src: string }): ReactNode {
  const [failed, setFailed] = useState(false);
  return (
    <div className="relative aspect-square bg-bench">
      {failed ? (
        <span className="grid h-full place-items-center text-sm text-on-bench-quiet">No picture</span>
      ) : (
        <img
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          className="absolute inset-0 size-full object-contain [image-rendering:pixelated]"
          onError={() => setFailed(true)}
        />
      )}
    </div>
  );
}

/**
 * A reference cell is chosen in the editor; where there is none the editor looks at the place. The cells are those of the labels
 * that were judged, and are coloured by what became of them.
 */
function editorPlace(
  { uid, box, layerId }: EvaluationCellWire,
  evaluation: string,
): Record<string, string | number> {
  const of = { layer: layerId, evaluation };
  if (uid !== null) return { ...of, cell: uid };
  const [y0 = 0, x0 = 0, y1 = 0, x1 = 0] = box;
  return { ...of, x: (x0 + x1) / 2, y: (y0 + y1) / 2, z: 2 };
}

/** What is wrong with a cell, in a few words. */
export function cellWords({ class: name, iou, areaPx, partners }: EvaluationCellWire): string {
  switch (name) {
    case "correct":
      return `IoU ${iou.toFixed(2)}`;
    case "split":
      return `1 cell as ${formatCount(partners)}`;
    case "merge":
      return `${formatCount(partners)} cells as 1`;
    case "catastrophe":
      return `mixed up with ${formatCount(partners)}`;
    default:
      return iou > 0 ? `${formatCount(areaPx)} px, best IoU ${iou.toFixed(2)}` : `${formatCount(areaPx)} px`;
  }
}
