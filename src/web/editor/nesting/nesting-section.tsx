/** Nuclei and cells in the Layers tab: how many fit, and the way through those that do not. */

import type { ReactNode } from "react";
import { formatCount } from "../../ui/index.ts";
import { useStore } from "../session/store.ts";
import { type NestingDesk, type NestingFault, nestingFaults } from "./nesting-desk.ts";

const faultTexts: Readonly<Record<NestingFault, string>> = {
  outside: "Nuclei outside any cell",
  empty: "Cells without a nucleus",
  crowded: "Cells with several nuclei",
};

export function NestingSection({ desk }: { desk: NestingDesk }): ReactNode {
  const homes = useStore(desk.store, (state) => state.homes);
  if (homes === null) return null;
  const fitting = homes.cellOf.size - homes.outside.length;
  return (
    <section aria-labelledby="nesting-title" className="flex flex-col gap-1" data-testid="nesting">
      <h3 id="nesting-title" className="font-semibold">
        Nuclei in cells
      </h3>
      <p className="text-sm text-quiet" data-testid="nesting-fitting">
        {formatCount(fitting)} of {formatCount(homes.cellOf.size)} nuclei lie in a cell. The mate of the cell
        under the pointer is marked.
      </p>
      <ul className="flex flex-col text-sm">
        {nestingFaults.map((fault) => (
          <li key={fault} className="flex items-center justify-between gap-2">
            <span>{faultTexts[fault]}</span>
            <button
              type="button"
              className="min-w-10 rounded px-1.5 py-0.5 text-right tabular-nums hover:bg-hover disabled:text-quiet"
              disabled={homes[fault].length === 0}
              onClick={() => desk.next(fault)}
              aria-label={`Next of: ${faultTexts[fault]}, ${homes[fault].length}`}
              data-testid={`nesting-${fault}`}
            >
              {formatCount(homes[fault].length)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
