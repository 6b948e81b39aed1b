/** A list of Settings while it is read, when it failed, when it is empty, and as a table with actions at its end. */

import type { ReactNode } from "react";
import { classNames, Problem } from "../ui/index.ts";

export interface ListQuery {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

export function SettingsList({
  query,
  loading,
  empty,
  caption,
  columns,
  rows,
  expected = 0,
}: {
  query: ListQuery;
  /** Said while the list is read. */
  loading: string;
  /** Said when there are no rows. */
  empty: string;
  caption: string;
  /** Heads of all columns but the last, which holds the actions. */
  columns: readonly string[];
  /** One `tr` each. */
  rows: readonly ReactNode[];
  /** Rows that will come at least: their room is kept, so that nothing below moves. */
  expected?: 0 | 1;
}): ReactNode {
  if (query.isPending) {
    return (
      <div role="status" className={classNames("text-sm", expected === 1 && "min-h-16.5")}>
        <p className="text-quiet">{loading}</p>
      </div>
    );
  }
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (rows.length === 0) return <p className="text-sm text-quiet">{empty}</p>;
  return (
    <table className="table">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column}>{column}</th>
          ))}
          <th>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  );
}
