/** Errors of labels that stand in the way of a version, by rule, with the way to them. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { CheckGateWire } from "#api/index.ts";
import { checkRules } from "#core/checks/index.ts";
import { buttonClass, formatCount, plural } from "../ui/index.ts";

export function LabelErrors({ projectId, checks }: { projectId: string; checks: CheckGateWire }): ReactNode {
  const { errors, waived, unchecked, byRule } = checks;
  const accepted = waived === 0 ? "" : ` ${plural(waived, "error")} accepted with a reason.`;
  if (errors === 0 && unchecked === 0) {
    return (
      <p className="text-sm">
        <span className="text-good">No error in the labels.</span>
        <span className="text-quiet">{accepted}</span>
      </p>
    );
  }
  return (
    <section role="alert" className="flex flex-col items-start gap-2 rounded-md border border-bad p-3">
      <h3 className="text-sm font-semibold text-bad">
        {errors > 0
          ? `${plural(errors, "error")} in the labels`
          : `The labels of ${plural(unchecked, "image")} were not checked as they are now`}
      </h3>
      <ul className="text-sm">
        {byRule.map(({ rule, count }) => (
          <li key={rule}>
            {formatCount(count)} · {checkRules[rule].title}
          </li>
        ))}
      </ul>
      <Link
        to="/p/$projectId/checks"
        params={{ projectId }}
        search={byRule[0] === undefined ? {} : { rule: byRule[0].rule }}
        className={buttonClass("plain", "small")}
      >
        {errors > 0 ? "Mend or accept them" : "Check them"}
      </Link>
    </section>
  );
}
