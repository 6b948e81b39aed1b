/** What will not come in and why, what is there twice, and what was noticed. Nothing is shown when nothing is wrong. */

import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ImportPlan } from "#api/index.ts";
import { plural } from "../ui/index.ts";
import { Opening, Part } from "./part.tsx";

/** Lines drawn; the counts are complete. */
const SHOWN = 20;

export function FileProblems({ plan }: { plan: ImportPlan }): ReactNode {
  const { failures, failureCount, duplicates, inProject, inProjectCount, ignored, ignoredCount, warnings } =
    plan;
  const quiet = failureCount + duplicates.length + inProjectCount + ignoredCount + warnings.length === 0;
  if (quiet) return null;
  return (
    <Part title="To know before you import">
      {failureCount > 0 && (
        <div className="flex flex-col gap-2">
          <p className="flex items-center gap-2">
            <CircleAlert aria-hidden="true" className="size-4 shrink-0 text-bad" />
            {plural(failureCount, "file")} cannot be imported; the rest can.
          </p>
          <ul className="flex flex-col text-sm">
            {failures.slice(0, SHOWN).map(({ path, error }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a path may fail for two reasons
              <li key={`${index} ${path}`} className="border-t border-line py-2 break-words">
                <div>{path}</div>
                <div className="text-bad">{withoutPath(error.message, path)}</div>
                {error.hint !== undefined && <div className="text-quiet">{error.hint}</div>}
              </li>
            ))}
          </ul>
          {failureCount > SHOWN && <p className="text-sm text-quiet">and {failureCount - SHOWN} more</p>}
        </div>
      )}
      {inProjectCount > 0 && (
        <Opening summary={`${plural(inProjectCount, "image")} of the project already; not stored twice`}>
          {inProject.slice(0, SHOWN).map(({ name, as, by }) => (
            <p key={name}>
              {name} is {as} <span className="text-quiet">(same {by})</span>
            </p>
          ))}
        </Opening>
      )}
      {duplicates.length > 0 && (
        <Opening summary={`${plural(duplicates.length, "set")} of equal images among the files`}>
          {duplicates.slice(0, SHOWN).map((names) => (
            <p key={names.join("\n")}>{names.join(" = ")}</p>
          ))}
        </Opening>
      )}
      {warnings.length > 0 && (
        <ul className="flex list-disc flex-col gap-1 pl-4 text-sm">
          {warnings.slice(0, SHOWN).map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {ignoredCount > 0 && (
        <Opening summary={`${plural(ignoredCount, "file")} left aside`}>
          {ignored.slice(0, SHOWN).map(({ path, reason }) => (
            <p key={path} className="break-words">
              {path} <span className="text-quiet">{reason}</span>
            </p>
          ))}
          {ignoredCount > SHOWN && <p className="text-quiet">and {ignoredCount - SHOWN} more</p>}
        </Opening>
      )}
    </Part>
  );
}

/** Messages name their file, which stands above them already. */
function withoutPath(message: string, path: string): string {
  if (!message.startsWith(path)) return message;
  const rest = message.slice(path.length).replace(/^[:,]\s*/, "");
  return rest === "" ? message : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}
