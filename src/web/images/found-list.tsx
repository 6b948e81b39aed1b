/** What a drop seems to hold, in words and counts. */

import type { ReactNode } from "react";
import { Choice, formatBytes, formatCount, plural } from "../ui/index.ts";
import type { FoundSummary } from "./found-files.ts";

/** Not empty: an empty value means that nothing is chosen; no path ends in a slash. */
const NO_SHEET = "/";

export function FoundList({
  found,
  sheetPath,
  onSheet,
}: {
  found: FoundSummary;
  sheetPath: string | null;
  onSheet: (path: string | null) => void;
}): ReactNode {
  return (
    <>
      <table className="table">
        <caption className="sr-only">What was found</caption>
        <tbody>
          <Row name="Images" count={found.images}>
            {found.folders > 1 && `in ${plural(found.folders, "folder")}`}
          </Row>
          <Row name="Labels" count={found.labels}>
            {found.labels > 0
              ? `${plural(found.pairs, "image")} with labels, by name`
              : "none found; images come in unlabelled"}
          </Row>
          {found.archives > 0 && (
            <Row name="Archives" count={found.archives}>
              opened on the server
            </Row>
          )}
          <Row name="Left out" count={found.ignored.length}>
            {found.ignored.length > 0 && (
              <span title={found.ignored.slice(0, 20).join("\n")}>
                {found.ignored.slice(0, 3).join(", ")}
              </span>
            )}
          </Row>
        </tbody>
      </table>
      <p className="-mt-4 text-sm text-quiet">
        {found.formats.map(([extension, count]) => `${formatCount(count)} .${extension}`).join(" · ")}
        {found.bytes > 0 && ` · ${formatBytes(found.bytes)}`}
      </p>
      {found.images + found.archives === 0 && (
        <p role="alert" className="text-sm text-bad">
          There is no image among these files. Choose TIFF or PNG images, or a zip of them.
        </p>
      )}
      {found.sheets.length > 0 && (
        <Choice
          label="Sheet with metadata"
          items={[
            { value: NO_SHEET, label: "None" },
            ...found.sheets.map((path) => ({ value: path, label: path })),
          ]}
          value={sheetPath ?? NO_SHEET}
          onChange={(path) => onSheet(path === NO_SHEET ? null : path)}
        />
      )}
    </>
  );
}

function Row({ name, count, children }: { name: string; count: number; children?: ReactNode }): ReactNode {
  return (
    <tr>
      <td className="w-24">{name}</td>
      <td className="num w-20">{formatCount(count)}</td>
      <td className="break-words text-quiet">{children}</td>
    </tr>
  );
}
