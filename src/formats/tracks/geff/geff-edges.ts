/** Edges of a GEFF group as links: from an earlier node to a later one, each once. */
import type { LineageFinding, PlacedDetection, TrackLink } from "#core/lineage/index.ts";
import { keyOf, readNode } from "../../pixels/zarr/zarr-metadata.ts";
import type { ZarrStore } from "../../pixels/zarr/zarr-store.ts";
import { lineageError, lineageFault } from "../lineage-fault.ts";
import { withoutMerges } from "../without-merges.ts";
import { type Column, readColumn } from "./geff-columns.ts";
import { type GeffMetadata, propPath } from "./geff-metadata.ts";

/**
 * Links of the graph; whether an edge with one successor is a division is told by the property `division`.
 *
 * @throws FoundryError `format.geff` for nodes or edges listed twice, edges to nodes that are not listed, and edges that do not go
 *         forward in time, with rule, node and frame.
 */
export async function readEdges(
  store: ZarrStore,
  path: string,
  { directed }: GeffMetadata,
  ids: Column,
  detections: readonly PlacedDetection[],
): Promise<{ links: TrackLink[]; notes: string[] }> {
  const place = new Map<number, number>();
  const findings: LineageFinding[] = [];
  for (const [i, id] of ids.entries()) {
    if (place.has(id))
      findings.push(
        lineageError("labelRepeated", { label: id, frame: detections[i]!.t }, `node ${id} is listed twice`),
      );
    place.set(id, i);
  }
  const edges = await readColumn(store, keyOf(path, "edges/ids"), [null, 2]);
  const count = edges.length / 2;
  const divisions = await readDivisions(store, path, count);
  const links: TrackLink[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const [source, target] = [edges[2 * i]!, edges[2 * i + 1]!];
    const [a, b] = [place.get(source), place.get(target)];
    const lost = a === undefined ? source : b === undefined ? target : null;
    if (a === undefined || b === undefined) {
      const message = `edge ${i} joins node ${lost}, which is not listed`;
      findings.push(lineageError("parentMissing", { label: lost, frame: null }, message));
      continue;
    }
    const turned = !directed && detections[a]!.t > detections[b]!.t;
    const [from, to] = turned ? [b, a] : [a, b];
    const key = `${from}/${to}`;
    if (seen.has(key))
      findings.push(
        lineageError(
          "labelRepeated",
          { label: target, frame: detections[to]!.t },
          `the edge from node ${source} to node ${target} is listed twice`,
        ),
      );
    seen.add(key);
    if (detections[to]!.t <= detections[from]!.t)
      findings.push(backward(source, target, detections[from]!.t, detections[to]!.t));
    links.push({ from, to, kind: divisions !== null && divisions[i] !== 0 ? "division" : "link" });
  }
  if (findings.length > 0)
    throw lineageFault(
      { code: "format.geff", file: path === "" ? store.name : `${store.name}/${path}`, remedy: REMEDY },
      findings,
    );
  return withoutMerges(links, detections, (at) => `node ${ids[at]}`);
}

const REMEDY = "Mend the graph: every node once, every edge once and from an earlier to a later frame.";

function backward(source: number, target: number, from: number, to: number): LineageFinding {
  const message = `the edge from node ${source} (frame ${from}) to node ${target} (frame ${to}) does not go forward in time`;
  return lineageError("parentOverlaps", { label: target, frame: to }, message);
}

async function readDivisions(store: ZarrStore, path: string, count: number): Promise<Column | null> {
  const key = propPath(store, path, "edges", "division", "values");
  const node = await readNode(store, key);
  return node === null ? null : readColumn(store, key, [count]);
}
