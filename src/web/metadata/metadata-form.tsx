/** The form: a preset in one click, fields by section, words checked as they are written, any further field. */

import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import type { MetadataReportOnWire } from "#api/index.ts";
import { useMetadataCheck } from "../client/metadata-api.ts";
import { Button, plural } from "../ui/index.ts";
import { FieldRow } from "./field-row.tsx";
import { freeWords, metadataPresets, otherFields, shownSections, withProposals } from "./form-fields.ts";

export function MetadataForm({
  record,
  onChange,
  preset,
  onPreset,
  also,
}: {
  record: Readonly<Record<string, string>>;
  onChange: (record: Readonly<Record<string, string>>) => void;
  preset: string | undefined;
  onPreset: (name: string | undefined) => void;
  /** Facts with other controls that the check must know: the pixel size. */
  also?: Readonly<Record<string, string>>;
}): ReactNode {
  const [added, setAdded] = useState<readonly string[]>([]);
  const report = useReport(record, preset, also);
  const sections = shownSections(record, preset, added);
  const set = (name: string, value: string): void => onChange({ ...record, [name]: value });
  const missing = report?.problems.filter(({ rule }) => rule === "required") ?? [];
  return (
    <div className="flex flex-col gap-5">
      <Presets
        preset={preset}
        onPreset={(name) => {
          const chosen = metadataPresets.find((one) => one.name === name);
          if (chosen !== undefined) onChange(withProposals(record, chosen));
          onPreset(name);
        }}
      />
      {sections.map(({ section, title, fields }) => (
        <fieldset key={section} className="min-w-0">
          <legend className="mb-2 text-sm font-semibold">{title}</legend>
          <div className="grid grid-cols-[repeat(auto-fill,minmax(16rem,1fr))] gap-x-6 gap-y-4">
            {fields.map(({ field, required }) => (
              <FieldRow
                key={field.name}
                field={field}
                required={required}
                value={record[field.name] ?? ""}
                report={report}
                onChange={(value) => set(field.name, value)}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <FreeWords record={record} onChange={set} />
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <select
          aria-label="Another field"
          className="control pr-6!"
          value=""
          onChange={(event) => setAdded([...added, event.target.value])}
        >
          <option value="">Another field …</option>
          {otherFields(sections).map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        {missing.length > 0 && (
          <span className="text-quiet">{plural(missing.length, "field")} of the preset still empty</span>
        )}
      </div>
    </div>
  );
}

function useReport(
  record: Readonly<Record<string, string>>,
  preset: string | undefined,
  also: Readonly<Record<string, string>> | undefined,
): MetadataReportOnWire | undefined {
  const asked = useMemo(
    () => Object.fromEntries(Object.entries({ ...also, ...record }).filter(([, word]) => word.trim() !== "")),
    [record, also],
  );
  return useMetadataCheck(useDeferredValue(asked), preset).data;
}

function Presets({
  preset,
  onPreset,
}: {
  preset: string | undefined;
  onPreset: (name: string | undefined) => void;
}): ReactNode {
  const chosen = metadataPresets.find(({ name }) => name === preset);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-sm text-quiet">Preset</span>
        {metadataPresets.map(({ name, title }) => (
          <Button
            key={name}
            size="small"
            aria-pressed={name === preset}
            className={name === preset ? "border-accent! bg-accent-wash!" : ""}
            onClick={() => onPreset(name === preset ? undefined : name)}
          >
            {title}
          </Button>
        ))}
      </div>
      {chosen !== undefined && <p className="text-sm text-quiet">{chosen.about}</p>}
    </div>
  );
}

function FreeWords({
  record,
  onChange,
}: {
  record: Readonly<Record<string, string>>;
  onChange: (name: string, value: string) => void;
}): ReactNode {
  const words = freeWords(record);
  if (words.length === 0) return null;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-sm font-semibold">Words of the source</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(16rem,1fr))] gap-x-6 gap-y-4">
        {words.map(([name, word]) => (
          <label key={name} className="flex min-w-0 flex-col gap-1 text-sm">
            {name}
            <input
              className="control w-full"
              maxLength={500}
              value={word}
              onChange={(event) => onChange(name, event.target.value)}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
