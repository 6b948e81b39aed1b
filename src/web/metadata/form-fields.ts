/** Which fields a metadata form shows, in which order and under which heading. Pure; the schema decides. */

import {
  type FieldSection,
  type MetadataField,
  type MetadataPreset,
  metadataField,
  metadataFields,
  metadataPreset,
  metadataPresets,
} from "#core/ontology/index.ts";

export type { MetadataField, MetadataPreset };
export { metadataPresets };

interface ShownField {
  readonly field: MetadataField;
  /** The preset insists on it. */
  readonly required: boolean;
}

export interface ShownSection {
  readonly section: FieldSection;
  readonly title: string;
  readonly fields: readonly ShownField[];
}

/** Facts with a place of their own on an image; forms have other controls for them. */
const ownPlace: ReadonlySet<string> = new Set(["mppX", "mppY", "licence"]);

const titles: Readonly<Record<FieldSection, string>> = {
  sample: "Sample",
  imaging: "Imaging",
  place: "Place and time",
  source: "Source",
};

/** Asked for when no preset is chosen: what every image has. */
const basic: readonly string[] = ["organ", "cellLine", "species", "modality", "platform"];

/**
 * @param preset  name of a preset, or undefined.
 * @param added   fields a person asked for.
 */
export function shownSections(
  record: Readonly<Record<string, string>>,
  preset: string | undefined,
  added: readonly string[],
): ShownSection[] {
  const chosen = metadataPreset(preset ?? "");
  const required = new Set(chosen?.fields.flatMap((entry) => (entry.required ? [entry.field] : [])));
  const wanted = new Set([
    ...(chosen?.fields.map(({ field }) => field) ?? basic),
    ...added,
    ...Object.entries(record).flatMap(([name, word]) => (word.trim() === "" ? [] : [name])),
  ]);
  const shown = metadataFields.filter(({ name }) => wanted.has(name) && !ownPlace.has(name));
  return (["sample", "imaging", "place", "source"] as const).flatMap((section) => {
    const fields = shown
      .filter((field) => field.section === section)
      .map((field) => ({ field, required: required.has(field.name) }));
    return fields.length === 0 ? [] : [{ section, title: titles[section], fields }];
  });
}

/** Fields that are not shown yet. */
export function otherFields(sections: readonly ShownSection[]): MetadataField[] {
  const shown = new Set(sections.flatMap(({ fields }) => fields.map(({ field }) => field.name)));
  return metadataFields.filter(({ name }) => !shown.has(name) && !ownPlace.has(name));
}

/** Words outside the schema (and not about channels): kept, shown as they are. */
export function freeWords(record: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(record).filter(
    ([name, word]) => word !== "" && metadataField(name) === undefined && !/^channel\d+[A-Z]/.test(name),
  );
}

/** What a preset proposes where nothing is written; nothing that is written is changed. */
export function withProposals(
  record: Readonly<Record<string, string>>,
  preset: MetadataPreset,
): Record<string, string> {
  const proposed = preset.fields.flatMap(({ field, proposed: word }) =>
    word === undefined || ownPlace.has(field) || (record[field] ?? "").trim() !== "" ? [] : [[field, word]],
  );
  return { ...record, ...Object.fromEntries(proposed) };
}

/** Fields that differ, with null for those that are cleared. */
export function changedWords(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes: Record<string, string | null> = {};
  for (const name of names) {
    const [old, now] = [(before[name] ?? "").trim(), (after[name] ?? "").trim()];
    if (old !== now) changes[name] = now === "" ? null : now;
  }
  return changes;
}
