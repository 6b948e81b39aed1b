/**
 * The card of a dataset version: what someone must know before training on it or passing it on.
 *
 * Written from the version's record alone, so it needs no upkeep and the same version always gives the same card.
 */

import { leakRules } from "#core/leaks/index.ts";
import { splitRoles } from "#core/select/index.ts";
import type { DatasetVersionDetail } from "./dataset-types.ts";

export interface DatasetCard {
  readonly title: string;
  readonly sections: { readonly heading: string; readonly lines: string[] }[];
  readonly markdown: string;
}

/** Pure; the same version gives the same card. */
export function datasetCard(version: DatasetVersionDetail): DatasetCard {
  const title = `${version.name} ${version.version}`;
  const sections = [
    { heading: "What it is", lines: identity(version) },
    { heading: "Split", lines: splitLines(version) },
    { heading: "What is in it", lines: strataLines(version) },
    { heading: "Licence", lines: licenceLines(version) },
    { heading: "Checked for leaks", lines: auditLines(version) },
    { heading: "Overlapping cells", lines: version.hidden?.notes ?? [] },
    { heading: "Changes", lines: changeLines(version) },
  ].filter(({ lines }) => lines.length > 0);
  const body = sections.map(
    ({ heading, lines }) => `## ${heading}\n\n${lines.map((line) => `- ${escaped(line)}`).join("\n")}\n`,
  );
  return { title, sections, markdown: `# ${title}\n\n${body.join("\n")}` };
}

/** Names of images and sources are anybody's words: nothing in them may become markup. */
const escaped = (line: string): string => line.replace(/[\\`*_[\]<>#|]/g, "\\$&");

function identity(version: DatasetVersionDetail): string[] {
  const { split } = version;
  const cells = splitRoles.reduce((sum, role) => sum + split[role].cells, 0);
  return [
    `${version.itemCount} images with ${cells} labelled cells, frozen ${version.createdAt.slice(0, 10)} by ${version.agent.name}.`,
    version.query === "" ? "Everything with accepted labels." : `Chosen by the query: ${version.query}`,
    ...(version.message === "" ? [] : [version.message]),
    `Digest ${version.digest}, split ${version.splitDigest}.`,
  ];
}

function splitLines({ split, options, roleChanges }: DatasetVersionDetail): string[] {
  const strata = options.stratify.length === 0 ? "" : ` Strata: ${options.stratify.join(", ")}.`;
  return [
    ...splitRoles.map(
      (role) =>
        `${role}: ${split[role].images} images, ${split[role].cells} cells, ${split[role].groups} groups.`,
    ),
    `Groups stay together and keep their role in all versions. Seed ${options.seed}.${strata}`,
    ...roleChanges.map(({ group, role, reason }) => `Group ${group} moved to ${role}: ${reason}`),
  ];
}

function strataLines({ strata }: DatasetVersionDetail): string[] {
  return strata.map(({ field, value, images, cells }) => {
    const counts = splitRoles.map((role) => `${images[role]} ${role}`).join(", ");
    const all = splitRoles.reduce((sum, role) => sum + cells[role], 0);
    return `${field} ${value}: images ${counts}; ${all} cells.`;
  });
}

function licenceLines({ licenceReport }: DatasetVersionDetail): string[] {
  const { expression, sentences, conflicts, attributions } = licenceReport;
  return [
    expression,
    ...sentences,
    ...conflicts.map((conflict) => `Conflict: ${conflict}`),
    ...attributions.map(({ title, licence, url, citation, images }) =>
      [`${title}: ${images} images, ${licence}`, citation, url].filter((part) => part !== "").join("; "),
    ),
  ];
}

function auditLines({ audit }: DatasetVersionDetail): string[] {
  const counts = Object.entries(audit.counts).map(
    ([rule, count]) => `${leakRules[rule as keyof typeof leakRules] ?? rule}: ${count}.`,
  );
  const accepted = audit.findings
    .filter(({ waiver }) => waiver !== null)
    .map(({ text, waiver }) => `Accepted: ${text} Reason: ${waiver}`);
  const clean =
    counts.length === 0
      ? ["Nothing found: no copies, look-alikes, shared regions, movies or groups across the split."]
      : [];
  return [...clean, ...counts, ...accepted, ...audit.notes];
}

function changeLines({ changes }: DatasetVersionDetail): string[] {
  if (changes === null) return ["First version."];
  const words: readonly (readonly [number, string])[] = [
    [changes.imagesAdded, "images added"],
    [changes.imagesRemoved, "images removed"],
    [changes.imagesRelabelled, "images relabelled"],
    [changes.imagesMoved, "images moved to another role"],
    [changes.imagesRedescribed, "images described anew"],
    [changes.cellsAdded, "cells added"],
    [changes.cellsRemoved, "cells removed"],
    [changes.cellsReshaped, "cells reshaped"],
    [changes.cellsSplit, "cells split"],
    [changes.cellsMerged, "cells merged"],
    [changes.cellsReclassified, "cells of another type"],
  ];
  const lines = words.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}.`);
  return lines.length === 0 ? ["Nothing but the query."] : lines;
}
