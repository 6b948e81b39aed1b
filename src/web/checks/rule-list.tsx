/** Rules with findings, grouped by what they mean for the labels; one is chosen. */

import { CircleAlert, Eye, ListOrdered } from "lucide-react";
import type { ReactNode } from "react";
import type { FindingSummaryWire } from "#api/index.ts";
import { type CheckRuleName, checkRules, type Severity } from "#core/checks/index.ts";
import { classNames, formatCount } from "../ui/index.ts";
import type { ShownStatus } from "./checks-search.ts";

type RuleCount = FindingSummaryWire["rules"][number];

const severityWords: Readonly<
  Record<Severity, { title: string; note: string; icon: typeof Eye; tone: string }>
> = {
  error: {
    title: "Errors",
    note: "keep labels out of dataset versions",
    icon: CircleAlert,
    tone: "text-bad",
  },
  warning: { title: "Worth a look", note: "often wrong, sometimes true", icon: Eye, tone: "text-warn" },
  info: {
    title: "Hints",
    note: "mostly fine; only say where to look first",
    icon: ListOrdered,
    tone: "text-quiet",
  },
};

export function countOf(row: RuleCount, status: ShownStatus): number {
  return row[status];
}

export function RuleList({
  rules,
  status,
  chosen,
  onChoose,
}: {
  rules: readonly RuleCount[];
  status: ShownStatus;
  chosen: CheckRuleName | undefined;
  onChoose: (rule: CheckRuleName) => void;
}): ReactNode {
  return (
    <nav aria-label="Rules" className="flex flex-col gap-5">
      {(["error", "warning", "info"] as const).map((severity) => {
        const rows = rules.filter(
          (row) =>
            checkRules[row.rule].severity === severity && (countOf(row, status) > 0 || row.rule === chosen),
        );
        const { title, note, icon: Icon, tone } = severityWords[severity];
        return (
          rows.length > 0 && (
            <section key={severity} className="flex flex-col gap-1">
              <h2 className="flex items-center gap-2 px-2 font-semibold">
                <Icon aria-hidden="true" className={classNames("size-4", tone)} />
                {title}
              </h2>
              <p className="px-2 pb-1 text-sm text-quiet">{note}</p>
              <ul>
                {rows.map((row) => (
                  <li key={row.rule}>
                    <button
                      type="button"
                      aria-current={row.rule === chosen ? "true" : undefined}
                      onClick={() => onChoose(row.rule)}
                      className={classNames(
                        "flex w-full items-baseline justify-between gap-3 rounded-md px-2 py-1.5 text-left",
                        row.rule === chosen ? "bg-accent-wash" : "hover:bg-hover",
                      )}
                    >
                      <span>{checkRules[row.rule].title}</span>
                      <span className="text-sm text-quiet">{formatCount(countOf(row, status))}</span>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
    </nav>
  );
}
