/** Which line of work is open: the layer itself or one of its branches, each with a name and an address of its own. */

import type { ReactNode } from "react";
import type { LayerSummary } from "#api/index.ts";
import { useBranches } from "../../client/index.ts";

export function BranchChoice({ layer }: { layer: LayerSummary }): ReactNode {
  const trunkId = layer.branchOf ?? layer.id;
  const branches = useBranches(trunkId === "" ? undefined : trunkId);
  // The one that is open here is named also when it has been closed meanwhile.
  const open = (branches.data?.branches ?? []).filter(
    ({ id, closedAt }) => closedAt === null || id === layer.id,
  );
  if (open.length === 0) return <span className="min-w-0 flex-1 text-quiet">No branches</span>;
  const go = (layerId: string): void => {
    const search = new URLSearchParams(window.location.search);
    search.set("layer", layerId);
    // Another layer is another session: the page opens it from the address, and sends what waits here first.
    window.location.search = search.toString();
  };
  return (
    <label className="flex min-w-0 flex-1 items-center gap-2">
      <span className="shrink-0 text-quiet">Branch</span>
      <select
        className="h-7 min-w-0 flex-1 rounded border border-line bg-panel px-1"
        data-testid="branch-choice"
        value={layer.id}
        onChange={(event) => go(event.target.value)}
      >
        <option value={trunkId}>main</option>
        {open.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
