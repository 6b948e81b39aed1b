/**
 * A metadata sheet after reading, whatever it was written in.
 *
 * One sheet describes one experiment: values that hold for all of it, values of groups (slides, wells, donors), one row
 * per image, and its channels. A row's values already hold what it takes over from its group and from the experiment.
 */

export interface SheetChannel {
  /** Position in the image, from 0. */
  readonly index: number;
  /** Names of `channelFields` (and unknown ones) to text. */
  readonly values: Readonly<Record<string, string>>;
  readonly row: number;
  readonly line: number;
}

export interface SheetRow {
  /** Image name as written in the key column. */
  readonly name: string;
  /** Row as a spreadsheet counts, from 1; in YAML the line. */
  readonly row: number;
  readonly line: number;
  /** Canonical column to text; empty cells are left out. */
  readonly values: Readonly<Record<string, string>>;
  /** Columns whose value was taken over from the group or the experiment. */
  readonly inherited: readonly string[];
  /** Channels of this image when they differ from the experiment's. */
  readonly channels: readonly SheetChannel[];
}

export interface Sheet {
  readonly keyColumn: string;
  /** Canonical names in the order of the file, without the key column. */
  readonly columns: readonly string[];
  /** Canonical column -> as the file writes it. */
  readonly headers: Readonly<Record<string, string>>;
  /** One per image. */
  readonly rows: readonly SheetRow[];
  /** What holds for the whole experiment; its `name` is "*". */
  readonly defaults: SheetRow | null;
  /** What holds for the images of a group; `name` is the group. */
  readonly groups: readonly SheetRow[];
  /** Channels of the experiment. */
  readonly channels: readonly SheetChannel[];
  /** Name of the preset the sheet was made with, when it says. */
  readonly preset: string | null;
  /** Probable slips that are not errors. */
  readonly notes: readonly string[];
}

/** The values of an image without a row of its own: those of its group and of the experiment. */
export function valuesWithoutRow(sheet: Sheet, group: string | null): Readonly<Record<string, string>> {
  const own = group === null ? undefined : sheet.groups.find((row) => row.name === group);
  return own?.values ?? sheet.defaults?.values ?? {};
}

/** Own values of rows, before anything is taken over. */
export interface OwnRow {
  readonly name: string;
  readonly row: number;
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
  readonly channels: readonly SheetChannel[];
}

/** Lets rows take over what they do not say themselves: from their group, then from the experiment. */
export function inherit(own: {
  readonly defaults: OwnRow | null;
  readonly groups: readonly OwnRow[];
  readonly rows: readonly OwnRow[];
}): Pick<Sheet, "defaults" | "groups" | "rows"> {
  const defaults = own.defaults === null ? null : takeOver(own.defaults, null);
  const groups = own.groups.map((row) => takeOver(row, defaults));
  const byName = new Map(groups.map((row) => [row.name, row]));
  const rows = own.rows.map((row) => {
    const group = row.values["group"] ?? defaults?.values["group"];
    return takeOver(row, (group === undefined ? undefined : byName.get(group)) ?? defaults);
  });
  return { defaults, groups, rows };
}

function takeOver(row: OwnRow, from: SheetRow | null): SheetRow {
  const inherited = Object.keys(from?.values ?? {}).filter((column) => !Object.hasOwn(row.values, column));
  return { ...row, values: { ...from?.values, ...row.values }, inherited };
}
