/**
 * The grid, drawn only where one looks.
 *
 * Rows have one height, so the place of any row is a multiplication; rows far outside the view are not in the
 * document. A project of 50,000 images scrolls like one of 50.
 */

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ImageSummary } from "#api/index.ts";
import { classNames } from "../ui/index.ts";
import { visibleRows } from "./grid-layout.ts";
import { ImageCard } from "./image-card.tsx";
import { isSelected, type Selection } from "./selection.ts";

export function ImageGrid({
  items,
  labels,
  fading,
  selection,
  onSelect,
  onNearEnd,
}: {
  items: readonly ImageSummary[];
  labels: boolean;
  /** The items belong to the last query while the next is read. */
  fading: boolean;
  selection: Selection;
  onSelect?: ((id: string, extend: boolean) => void) | undefined;
  onNearEnd: () => void;
}): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ width: 0, height: 0, top: 0 });

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () =>
      setView({ width: element.clientWidth, height: element.clientHeight, top: element.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);

  const selecting = selection.kind === "query" || selection.ids.size > 0;
  const rows = visibleRows({ ...view, itemCount: items.length });
  useEffect(() => {
    if (rows.nearEnd) onNearEnd();
  }, [rows.nearEnd, onNearEnd]);

  return (
    <div
      ref={frame}
      className="h-full overflow-y-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <ul
        aria-label="Images"
        className={classNames("grid gap-4 px-6", fading && "opacity-60")}
        style={{
          gridTemplateColumns: `repeat(${rows.columns}, minmax(0, 1fr))`,
          gridAutoRows: `${rows.rowHeight}px`,
          paddingTop: `${rows.spaceBefore}px`,
          paddingBottom: `${rows.spaceAfter}px`,
        }}
      >
        {items.slice(rows.from, rows.to).map((image) => (
          <li key={image.id} className="min-w-0">
            <ImageCard
              image={image}
              labels={labels}
              selected={isSelected(selection, image.id)}
              selecting={selecting}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
