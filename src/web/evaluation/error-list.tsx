/** Error classes as bars with counts; one is chosen. */

import type { ReactNode } from "react";
import type { ErrorCounts } from "#api/index.ts";
import type { ErrorClass } from "#core/metrics/index.ts";
import { errorClasses } from "../models/scores.ts";
import { classNames, formatCount } from "../ui/index.ts";

const fills: Readonly<Record<ErrorClass, string>> = {
  correct: "bg-error-correct",
  split: "bg-error-split",
  merge: "bg-error-merge",
  missed: "bg-error-missed",
  gained: "bg-error-gained",
  catastrophe: "bg-error-catastrophe",
};

export function ErrorList({
  errors,
  chosen,
  onChoose,
}: {
  errors: ErrorCounts;
  chosen: ErrorClass;
  onChoose: (name: ErrorClass) => void;
}): ReactNode {
  // Faults are compared with each other; among thousands of correct cells their bars would not be seen.
  const most = Math.max(
    1,
    ...errorClasses.filter(({ key }) => key !== "correct").map(({ key }) => errors[key]),
  );
  const faultsFirst = [...errorClasses.filter(({ key }) => key !== "correct"), ...errorClasses.slice(0, 1)];
  return (
    <nav aria-label="Error classes">
      <ul className="flex flex-col gap-1">
        {faultsFirst.map(({ key, word, meaning }) => (
          <li key={key}>
            <button
              type="button"
              aria-current={key === chosen ? "true" : undefined}
              onClick={() => onChoose(key)}
              className={classNames(
                "flex w-full flex-col gap-1 rounded-md px-2 py-1.5 text-left",
                key === chosen ? "bg-accent-wash" : "hover:bg-hover",
              )}
            >
              <span className="flex w-full items-baseline justify-between gap-3">
                <span className="font-semibold">{word}</span>
                <span className="text-sm">{formatCount(errors[key])}</span>
              </span>
              {key !== "correct" && (
                <span aria-hidden="true" className="block h-2 w-full rounded-sm bg-sunken">
                  <span
                    className={classNames("block h-2 rounded-sm", fills[key])}
                    style={{ width: `${(100 * errors[key]) / most}%` }}
                  />
                </span>
              )}
              <span className="text-xs text-quiet">{meaning}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
