/**
 * An empty sheet to fill in, made from a preset: YAML with the help of each field, or a CSV table.
 */
import { channelFields, type MetadataPreset, metadataField, type PresetField } from "#core/ontology/index.ts";

export type SheetFormat = "yaml" | "csv";

/** @returns text of a sheet that `parseSheet` reads; what the preset requires is empty and marked. */
export function sheetTemplate(preset: MetadataPreset, format: SheetFormat): string {
  return format === "yaml" ? yamlTemplate(preset) : csvTemplate(preset);
}

function yamlTemplate(preset: MetadataPreset): string {
  const lines = [
    `# ${preset.title}. ${preset.about}`,
    "# Fill in what you know and delete the rest. Check it with: cellfoundry sheet check FILE",
    `preset: ${preset.name}`,
    "",
    "# What holds for every image.",
    "defaults:",
    ...preset.fields.flatMap(yamlField),
    "",
    "# In the order of the file. Roles: nuclear, membrane, cytoplasm, phase, brightfield, other.",
    "channels:",
    ...preset.channels.map((channel) => `  - { ${channelPairs(channel).join(", ")} }`),
    "",
    "# What holds for a group: images of one slide, well or donor, which stay on one side of a split.",
    "groups:",
    "",
    "# One entry per image, with what only it has: - { name: a.tif, group: S12 }",
    "images:",
    "",
  ];
  return lines.join("\n");
}

function yamlField({ field, required, proposed }: PresetField): string[] {
  const known = metadataField(field);
  const unit = known?.kind.type === "number" && known.kind.unit !== "" ? ` in ${known.kind.unit}` : "";
  const mark = required ? " (required)" : "";
  return [
    `  # ${known?.title ?? field}${unit}${mark}. ${known?.help ?? ""} Example: ${known?.example ?? ""}`,
    `  ${field}: ${proposed === undefined ? "" : quoted(proposed)}`.trimEnd(),
  ];
}

function channelPairs(channel: MetadataPreset["channels"][number]): string[] {
  return Object.entries(channel).map(([field, value]) => `${field}: ${quoted(value)}`);
}

/** Words are plain in YAML; anything else goes into quotes, in which JSON and YAML agree. */
function quoted(text: string): string {
  return /^[A-Za-z][A-Za-z0-9 ]*$/.test(text) ? text : JSON.stringify(text);
}

function csvTemplate(preset: MetadataPreset): string {
  const fields = preset.fields.map(({ field }) => field);
  const channelNames = channelFields.map((field) => field.name);
  const used = preset.channels.flatMap((channel, index) =>
    channelNames
      .map((name) => ({
        header: `channel ${index + 1}${name === "name" ? "" : ` ${name}`}`,
        value: Object.entries(channel).find(([field]) => field === name)?.[1] ?? "",
      }))
      .filter(({ value }) => value !== ""),
  );
  const header = ["name", "group", ...fields, ...used.map((cell) => cell.header)];
  const every = [
    "*",
    "",
    ...preset.fields.map((field) => field.proposed ?? ""),
    ...used.map((cell) => cell.value),
  ];
  return `${[header, every].map((row) => row.map(csvCell).join(",")).join("\n")}\n`;
}

function csvCell(text: string): string {
  return /[",\n\r;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
