/** The keys, in place, over the image; never in the way of drawing. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../ui/index.ts";
import { keyLines, pointerLines } from "../input/keys.ts";

export function KeyHelp({ onClose }: { onClose: () => void }): ReactNode {
  return (
    <aside
      aria-label="Keys"
      data-testid="key-help"
      className="absolute bottom-3 left-3 z-20 max-h-[calc(100%-1.5rem)] w-200 max-w-[calc(100%-1.5rem)] overflow-y-auto rounded-lg border border-line bg-raised p-3 text-ink shadow-pop"
    >
      <div className="flex items-center justify-between">
        <h2 className="font-semibold">Keys</h2>
        <IconButton label="Close" onClick={onClose}>
          <X aria-hidden="true" className="size-4" />
        </IconButton>
      </div>
      <dl className="columns-[15rem] gap-6 text-sm">
        {[...keyLines, ...pointerLines].map((line) => (
          <div key={line.key} className="flex break-inside-avoid items-baseline gap-2 py-0.5">
            <dt className="min-w-14 shrink-0">
              <kbd className="rounded-sm border border-line bg-sunken px-1 font-sans text-xs">{line.key}</kbd>
            </dt>
            <dd className="text-quiet">{line.text}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
