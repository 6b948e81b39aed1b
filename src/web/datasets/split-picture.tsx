/** Train, validation and test as one bar by cells, with the table behind it. */

import type { ReactNode } from "react";
import type { SplitRole, SplitTable } from "#api/index.ts";
import { classNames, formatCount, formatPercent } from "../ui/index.ts";
import { totals } from "./change-sentence.ts";

const roles: readonly SplitRole[] = ["train", "validation", "test"];
const fills: Record<SplitRole, string> = { train: "bg-train", validation: "bg-validation", test: "bg-test" };

export function SplitBar({ split, slim = false }: { split: SplitTable; slim?: boolean }): ReactNode {
  const all = Math.max(1, totals(split).cells);
  const text = roles.map((role) => `${role} ${formatPercent(split[role].cells / all)}`).join(", ");
  return (
    <div
      role="img"
      aria-label={`Cells by role: ${text}`}
      className={classNames("flex gap-0.5 overflow-hidden rounded-sm bg-sunken", slim ? "h-2" : "h-4")}
    >
      {roles.map((role) => (
        <div key={role} className={fills[role]} style={{ width: `${(100 * split[role].cells) / all}%` }} />
      ))}
    </div>
  );
}

export function SplitCounts({ split }: { split: SplitTable }): ReactNode {
  const all = totals(split);
  return (
    <table className="table">
      <caption className="sr-only">Images, cells and groups by role</caption>
      <thead>
        <tr>
          <th>Role</th>
          <th className="num">Images</th>
          <th className="num">Cells</th>
          <th className="num">Groups</th>
          <th className="num">Share of cells</th>
        </tr>
      </thead>
      <tbody>
        {roles.map((role) => (
          <tr key={role}>
            <td>
              <RoleMark role={role} />
            </td>
            <td className="num">{formatCount(split[role].images)}</td>
            <td className="num">{formatCount(split[role].cells)}</td>
            <td className="num">{formatCount(split[role].groups)}</td>
            <td className="num">{all.cells === 0 ? "–" : formatPercent(split[role].cells / all.cells)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function RoleMark({ role }: { role: SplitRole }): ReactNode {
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className={classNames("size-2.5 rounded-sm", fills[role])} />
      {role}
    </span>
  );
}
