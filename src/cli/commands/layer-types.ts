/** `layer types`: what the cells of an image are, as a table, out and in. */

import { basename } from "node:path";
import { type CellTypes, listTypes, takeTypes } from "#core/cell-types/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { TypedRow } from "#formats/cell-types/index.ts";
import type { LayerSummary, StoredObject } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, type OpenedStore, withStore } from "../open.ts";
import { counted } from "../output.ts";
import { readTableText } from "../read-table-text.ts";
import { saveValues } from "../save-values.ts";
import { findLayer } from "../version-ref.ts";
import { tableFormat, writeTable } from "../write-table.ts";

export const layerTypesCommand: Command = {
  usage: "layer types IMAGE[:LAYER] --out FILE | --read FILE.csv [--replace] [--dry-run]",
  about:
    "Writes the types of the cells of an image as CSV or Parquet: a row per cell and type, with its term. Or reads them from a " +
    "table with a column uid or label, and one of terms (CL:0000084) or names (T cell); several stand with ; between. What " +
    "is read is marked as imported and saved as an edit that the history shows. Cells that a person named stay as they are, " +
    "unless --replace is given.",
  examples: [
    'cellfoundry layer types "plate 7" --out types.csv',
    'cellfoundry layer types "plate 7" --read phenotypes.csv --dry-run',
  ],
  options: {
    out: { type: "string", value: "FILE", help: "CSV or Parquet, by its ending" },
    read: { type: "string", value: "FILE.csv", help: "Table to read" },
    replace: { type: "boolean", help: "Also cells that a person named" },
    "dry-run": { type: "boolean", help: "Only say what would change" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const [out, path] = [textOption(input, "out"), textOption(input, "read")];
  if ((out === undefined) === (path === undefined))
    throw usageError("Give --out to write, or --read to read.", layerTypesCommand);
  await withStore(input, async (opened) => {
    const { layerObjects, loadVocabulary, nameOfTerm } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const reference = requiredPositional(input, 0, "IMAGE", layerTypesCommand);
    const { layer, title } = await findLayer(opened.store, project.id, reference);
    const { objects } = await layerObjects(opened.store, layer.id);
    if (path !== undefined) return readTypes(input, opened, { layer, title, objects, path });
    const format = tableFormat(out as string, layerTypesCommand);
    const { cellTypeTable } = await import("#formats/cell-types/index.ts");
    const vocabulary = await loadVocabulary(opened.store);
    const written = cellTypeTable(objects, (term) => nameOfTerm(term, vocabulary));
    await writeTable(out as string, format, { ...written, idKey: "uid", title });
    const typed = objects.filter(({ types }) => types !== undefined).length;
    input.out.result(
      { image: title, cells: objects.length, typed, rows: written.table.ids.length, out },
      () => `${typed} of ${counted(objects.length, "cell")} of ${title} have types: written to ${out}.`,
    );
  });
  return undefined;
}

interface ReadTarget {
  readonly layer: LayerSummary;
  readonly title: string;
  readonly objects: readonly StoredObject[];
  readonly path: string;
}

async function readTypes(input: CommandInput, opened: OpenedStore, target: ReadTarget): Promise<void> {
  const { layer, title, objects, path } = target;
  const { getImage, loadVocabulary, typesOfWord } = await import("#store/index.ts");
  const { readCellTypesCsv } = await import("#formats/cell-types/index.ts");
  const image = await getImage(opened.store, layer.imageId);
  const read = readCellTypesCsv(await readTableText(path), basename(path), image.name);
  const vocabulary = await loadVocabulary(opened.store);
  const given = meant(read.rows, objects, (word) => typesOfWord(word, vocabulary));
  const present = new Map(objects.flatMap(({ uid, types }) => (types === undefined ? [] : [[uid, types]])));
  const taken = takeTypes(present, given.types, { overPeople: flagOption(input, "replace") });
  const dryRun = flagOption(input, "dry-run");
  if (!dryRun) {
    await saveValues(opened, layer.id, "assignType", taken.changes, (types) => ({ types }));
  }
  const summary = {
    image: title,
    named: taken.changes.length,
    same: taken.same,
    kept: taken.kept.length,
    strangers: given.strangers,
    unknownWords: given.unknownWords,
    leftOut: read.leftOut,
    ofOtherImages: read.ofOthers,
    dryRun,
  };
  input.out.result(summary, () =>
    [
      `${counted(summary.named, "cell")} of ${title} ${dryRun ? "would be" : "were"} named; ${summary.same} had these types already.`,
      ...(summary.kept === 0
        ? []
        : [
            `${counted(summary.kept, "cell")} named by a person stay as they are (--replace names them, too).`,
          ]),
      ...(given.strangers === 0
        ? []
        : [`${counted(given.strangers, "line")} name cells that are not there.`]),
      ...(given.unknownWords.length === 0
        ? []
        : [`No term is called: ${given.unknownWords.join(", ")}. \`cellfoundry terms\` finds names.`]),
      ...read.notes,
    ].join("\n"),
  );
}

/** Words of a message; a table of another vocabulary may have hundreds. */
const wordsShownMax = 20;

/** Types by uid as the lines say them, several lines of a cell together. */
function meant(
  rows: readonly TypedRow[],
  objects: readonly StoredObject[],
  typesOf: (word: string) => CellTypes | null,
): {
  readonly types: ReadonlyMap<string, CellTypes>;
  readonly strangers: number;
  readonly unknownWords: readonly string[];
} {
  const living = new Set(objects.map(({ uid }) => uid));
  const byLabel = new Map(objects.map(({ uid, label }) => [label, uid]));
  const marks = new Map<string, CellTypes>();
  const unknown = new Set<string>();
  let strangers = 0;
  for (const { uid, label, words } of rows) {
    const cell = uid !== null && living.has(uid) ? uid : uid === null ? byLabel.get(label ?? 0) : undefined;
    if (cell === undefined) {
      strangers++;
      continue;
    }
    const found = words.flatMap((word) => {
      const types = typesOf(word);
      if (types === null) unknown.add(word);
      return types ?? [];
    });
    const all = listTypes([...(marks.get(cell) ?? []), ...found]);
    if (all !== null) marks.set(cell, all);
  }
  if (rows.length > 0 && strangers === rows.length) {
    throw new FoundryError("request.invalid", {
      message: "No line of the table names a cell of these labels.",
      hint: "The numbers must be those of this image's labels; `layer types IMAGE --out FILE` shows them.",
    });
  }
  return { types: marks, strangers, unknownWords: [...unknown].slice(0, wordsShownMax) };
}
