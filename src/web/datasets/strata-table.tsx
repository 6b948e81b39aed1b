/** Images per value of each metadata field and role: where the split is thin can be seen at once. */

import { Fragment, type ReactNode } from "react";
import type { StratumCounts } from "#api/index.ts";
import { classNames, formatCount } from "../ui/index.ts";

const roles = ["train", "validation", "test"] as const;

export function StrataTable({ strata }: { strata: readonly StratumCounts[] }): ReactNode {
  const fields = [...Map.groupBy(strata, ({ field }) => field)];
  if (fields.length === 0) return null;
  return (
    <table className="table">
      <caption className="sr-only">Images by metadata and role</caption>
      <thead>
        <tr>
          <th>Images with</th>
          {roles.map((role) => (
            <th key={role} className="num">
              {role}
            </th>
          ))}
          <th className="num">Cells</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(([field, values]) => (
          <Fragment key={field}>
            {values.map(({ value, images, cells }) => (
              <tr key={value}>
                <td className="break-words">
                  <span className="text-quiet">{field}</span> {value}
                </td>
                {roles.map((role) => (
                  <td key={role} className={classNames("num", images[role] === 0 && "text-warn")}>
                    {formatCount(images[role])}
                  </td>
                ))}
                <td className="num">{formatCount(cells.train + cells.validation + cells.test)}</td>
              </tr>
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}
