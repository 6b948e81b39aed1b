/** Which images belong together and by which rule; images of one group never lie on both sides of a split. */

import type { ReactNode } from "react";
import type { ImportPlan } from "#api/index.ts";
import { Field, formatCount, plural } from "../ui/index.ts";
import { Part } from "./part.tsx";

/** More rows are a list for the catalogue. */
const GROUPS_SHOWN = 8;

export function Groups({
  plan,
  group,
  onGroup,
}: {
  plan: ImportPlan;
  group: string;
  onGroup: (group: string) => void;
}): ReactNode {
  const unknown = plan.groupList.find(({ known }) => !known);
  const shown = plan.groupList.slice(0, GROUPS_SHOWN);
  return (
    <Part title={plural(plan.groups, "group")} note="never on both sides of a split">
      <table className="table">
        <caption className="sr-only">Groups</caption>
        <thead>
          <tr>
            <th>Group</th>
            <th>Level</th>
            <th>Because</th>
            <th className="num">Images</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, level, rule, known, images }) => (
            <tr key={key}>
              <td className="max-w-44 truncate" title={key}>
                {!known && group.trim() !== "" ? group.trim() : key}
              </td>
              <td className="text-quiet">{level ?? "–"}</td>
              <td className={known ? "text-quiet" : "text-warn"}>{rule}</td>
              <td className="num">{formatCount(images)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {plan.groups > shown.length && (
        <p className="text-sm text-quiet">and {plural(plan.groups - shown.length, "smaller group")}</p>
      )}
      {unknown !== undefined && (
        <Field
          label="Name of the group of these images"
          hint="The donor, slide or movie that they share. To tell several apart, drop a sheet with the columns “name” and “group”."
        >
          {(ids) => (
            <input
              {...ids}
              className="control max-w-md"
              maxLength={200}
              placeholder={unknown.key}
              value={group}
              onChange={(event) => onGroup(event.target.value)}
            />
          )}
        </Field>
      )}
    </Part>
  );
}
