/** A candidate window as the linking network sees it: features of detections, links and divisions, and who reads whom. */
import { type CandidateWindow, plainScorer } from "#core/tracking/index.ts";
import { featuresOfDetections } from "./detection-features.ts";
import { traitsOf } from "./detection-traits.ts";
import { featuresOfDivision } from "./division-features.ts";
import { featuresOfLink, nearestLinks } from "./link-features.ts";
import { type WayTables, wayTables } from "./link-tables.ts";

export interface WindowInputs {
  readonly tables: WayTables;
  /** Row-major [detections, features], [links kept, features], [divisions kept, features]. */
  readonly nodes: Float32Array;
  readonly links: Float32Array;
  readonly divisions: Float32Array;
}

const plain = plainScorer();

/** Deterministic. Cost: linear in candidates, about 1 µs each. */
export function windowInputs(window: CandidateWindow): WindowInputs {
  const known = plain.score(window);
  const traits = traitsOf(window);
  const near = nearestLinks(window);
  const tables = wayTables(window, known.link, known.division);
  const links: number[] = [];
  const divisions: number[] = [];
  const linkTotal = window.from.length;
  const ranks = divisionRanks(window.divisions);
  for (const c of tables.candidate) {
    if (c < linkTotal) links.push(...featuresOfLink(window, traits, near, c, known.link[c]!));
    else {
      const d = c - linkTotal;
      divisions.push(...featuresOfDivision(window, traits, d, ranks[d]!, known.division[d]!));
    }
  }
  return {
    tables,
    nodes: featuresOfDetections(window, traits, near, known),
    links: Float32Array.from(links),
    divisions: Float32Array.from(divisions),
  };
}

/** Candidates of one parent follow each other, nearest middle first. */
function divisionRanks(divisions: Int32Array): Uint8Array {
  const ranks = new Uint8Array(divisions.length / 3);
  for (let d = 1; d < ranks.length; d++)
    ranks[d] = divisions[3 * d] === divisions[3 * (d - 1)] ? Math.min(255, ranks[d - 1]! + 1) : 0;
  return ranks;
}
