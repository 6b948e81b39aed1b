/** What holds for every image of the import, by a preset or field by field; sheets and files come before it. */

import { type ReactNode, useState } from "react";
import type { ImportPlan } from "#api/index.ts";
import { MetadataForm } from "../metadata/index.ts";
import { Part } from "./part.tsx";

export function AboutImages({
  plan,
  record,
  pixelSize,
  onChange,
}: {
  plan: ImportPlan;
  record: Readonly<Record<string, string>>;
  /** Micrometres, answered or found; undefined when nobody knows. */
  pixelSize: string | undefined;
  onChange: (record: Readonly<Record<string, string>>) => void;
}): ReactNode {
  const [preset, setPreset] = useState<string | undefined>();
  const also = Object.fromEntries([
    ...plan.metadata
      .filter(({ images }) => images === plan.images)
      .map(({ field, values }) => [field, values[0]?.value ?? ""]),
    ...(pixelSize === undefined ? [] : [["mppX", pixelSize]]),
  ]);
  const said = plan.metadata.filter(({ field }) => !/^channel\d/.test(field)).slice(0, 12);
  return (
    <Part
      title="What the images show"
      note="holds for all of them; what a file or the sheet says comes first"
    >
      {said.length > 0 && (
        <p className="text-sm text-quiet">
          Said already:{" "}
          {said
            .map(({ field, values }) => {
              const words = values.slice(0, 2).map(({ value }) => value);
              return `${field} ${words.join(", ")}${values.length > 2 ? " …" : ""}`;
            })
            .join(" · ")}
        </p>
      )}
      <MetadataForm record={record} onChange={onChange} preset={preset} onPreset={setPreset} also={also} />
    </Part>
  );
}
