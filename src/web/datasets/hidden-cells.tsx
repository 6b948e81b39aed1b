/** What label images hide of cells that overlap: in a sentence, and image by image. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { DatasetHidden } from "#api/index.ts";
import { formatCount } from "../ui/index.ts";

/** Nothing when no cell hides pixels of another. */
export function HiddenCells({ projectId, hidden }: { projectId: string; hidden: DatasetHidden }): ReactNode {
  const { notes, items } = hidden;
  if (notes.length === 0) return null;
  return (
    <div className="flex flex-col gap-2 text-sm">
      {notes.map((note) => (
        <p key={note} className="break-words text-warn">
          {note}
        </p>
      ))}
      {items.length > 0 && (
        <table className="table">
          <caption className="sr-only">Pixels that overlapping cells hide, by image</caption>
          <thead>
            <tr>
              <th>Image</th>
              <th className="num">Hidden pixels</th>
              <th className="num">Of cells</th>
              <th className="num">Wholly covered cells</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ imageId, name, compartment, pixels, cells, covered }) => (
              <tr key={`${imageId} ${compartment}`}>
                <td className="break-all">
                  <Link
                    to="/p/$projectId/i/$imageId"
                    params={{ projectId, imageId }}
                    preload={false}
                    className="rounded-md hover:text-accent"
                  >
                    {name}
                  </Link>
                </td>
                <td className="num">{formatCount(pixels)}</td>
                <td className="num">{formatCount(cells)}</td>
                <td className="num">{formatCount(covered)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
