/** Choice of a feature, by group: the browser's own list, which can be typed into. */

import { type ReactNode, useId } from "react";
import { type FeatureGroup, featureName } from "./feature-words.ts";

export function FeatureSelect({
  label,
  groups,
  value,
  onChange,
}: {
  label: string;
  groups: readonly FeatureGroup[];
  value: string;
  onChange: (key: string) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1 text-sm">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="control w-full pr-6!"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {groups.map(({ group, title, columns }) => (
          <optgroup key={group} label={title}>
            {columns.map((column) => (
              <option key={column.key} value={column.key}>
                {featureName(column)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}
