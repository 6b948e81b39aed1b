/** Above the map of likeness: makes it, says how far it is, and what it means. */

import type { ReactNode } from "react";
import { toFoundryError } from "../../client/index.ts";
import { Button, ProgressBar, tellProblem } from "../../ui/index.ts";
import { useStore } from "../session/store.ts";
import type { MeasureDesk } from "./measure-desk.ts";

export function LikenessMapLine({ desk, hasMap }: { desk: MeasureDesk; hasMap: boolean }): ReactNode {
  const share = useStore(desk.store, (state) => state.mapShare);
  const make = (): void => {
    desk.makeMap().catch((error: unknown) => tellProblem(toFoundryError(error)));
  };
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="text-quiet">
        Cells that are alike in all measured features lie together (UMAP). Neighbours mean much, long
        distances little.
      </p>
      {share === null ? (
        <Button size="small" onClick={make} data-testid="map-make">
          {hasMap ? "Make the map again" : "Make the map"}
        </Button>
      ) : (
        <div role="status">
          <span className="text-xs text-quiet">Making the map, {Math.round(100 * share)} %</span>
          <ProgressBar label="Making the map" fraction={share} />
        </div>
      )}
    </div>
  );
}
