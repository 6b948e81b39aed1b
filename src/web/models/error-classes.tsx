/** Objects by error class, as a bar and as a list with counts. */

import type { ReactNode } from "react";
import type { ErrorCounts } from "#api/index.ts";
import { classNames, formatCount, formatPercent } from "../ui/index.ts";
import { errorClasses, errorTotal } from "./scores.ts";

/** Correct is quiet; faults stand out. Distinct in lightness as well as in hue. */
const fills: Record<keyof ErrorCounts, string> = {
  correct: "bg-error-correct",
  split: "bg-error-split",
  merge: "bg-error-merge",
  missed: "bg-error-missed",
  gained: "bg-error-gained",
  catastrophe: "bg-error-catastrophe",
};

export function ErrorBar({ errors, tall = false }: { errors: ErrorCounts; tall?: boolean }): ReactNode {
  const total = Math.max(1, errorTotal(errors));
  const text = errorClasses
    .filter(({ key }) => errors[key] > 0)
    .map(({ key, word }) => `${word} ${formatCount(errors[key])}`)
    .join(", ");
  return (
    <div
      role="img"
      aria-label={text}
      title={text}
      className={classNames("flex gap-px overflow-hidden rounded-sm bg-sunken", tall ? "h-4" : "h-2")}
    >
      {errorClasses.map(({ key }) => (
        <div key={key} className={fills[key]} style={{ width: `${(100 * errors[key]) / total}%` }} />
      ))}
    </div>
  );
}

/** What the colours mean, in one line. */
export function ErrorLegend(): ReactNode {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-quiet">
      {errorClasses.map(({ key, word, meaning }) => (
        <li key={key} title={meaning} className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className={classNames("size-2 rounded-sm", fills[key])} />
          {word}
        </li>
      ))}
    </ul>
  );
}

/** @param rival counts of the released version on the same images, to show what was won and lost. */
export function ErrorTable({
  errors,
  rival,
}: {
  errors: ErrorCounts;
  rival?: { name: string; errors: ErrorCounts } | undefined;
}): ReactNode {
  const total = errorTotal(errors);
  return (
    <table className="table">
      <caption className="sr-only">Objects by error class</caption>
      <thead>
        <tr>
          <th>Class</th>
          <th className="num">Objects</th>
          <th className="num">Share</th>
          {rival !== undefined && <th className="num">against {rival.name}</th>}
        </tr>
      </thead>
      <tbody>
        {errorClasses.map(({ key, word, meaning }) => (
          <tr key={key}>
            <td>
              <span className="flex items-baseline gap-2">
                <span aria-hidden="true" className={classNames("size-2.5 shrink-0 rounded-sm", fills[key])} />
                <span>
                  {word} <span className="text-quiet">· {meaning}</span>
                </span>
              </span>
            </td>
            <td className="num">{formatCount(errors[key])}</td>
            <td className="num">{total === 0 ? "–" : formatPercent(errors[key] / total)}</td>
            {rival !== undefined && <td className="num">{signed(errors[key] - rival.errors[key])}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const signed = (value: number): string =>
  value === 0 ? "±0" : value > 0 ? `+${formatCount(value)}` : `−${formatCount(-value)}`;
