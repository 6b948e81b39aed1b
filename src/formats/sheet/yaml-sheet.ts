/**
 * A metadata sheet as YAML: defaults of the experiment, channels, groups, images.
 *
 *     preset: live-cell
 *     defaults: { cellLine: HeLa, mpp: 0.65 }
 *     channels: [{ name: Cy5, role: nuclear }]
 *     groups:   { well-B07: { perturbation: control } }
 *     images:   [{ name: a.tif, group: well-B07 }]
 *
 * Words are taken as they are written: `0.650` keeps its zero and `no` stays a word. The tree is walked by hand with a
 * bound on its nodes, because an alias inside an alias can stand for a billion of them.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";
import { fault } from "../fault.ts";
import { readCell, refuseRepeats } from "./cell-rules.ts";
import { canonicalColumn, channelField, suggestColumn } from "./columns.ts";
import { inherit, type OwnRow, type Sheet, type SheetChannel } from "./sheet.ts";

// A sheet of one experiment; 1 MiB are 5,000 images of ten values, read within seconds. Larger ones are tables.
const TEXT_MAX = 1024 * 1024;
// Ten values for each of 5,000 images, ten times.
const NODES_MAX = 500_000;
// Each look behind an alias walks the document; a sheet needs a handful.
const ALIASES_MAX = 200;
// Sheets are four deep; an alias of an alias of an alias is not written by people.
const ALIAS_DEPTH_MAX = 16;
// Brackets in brackets would only fill the stack; words may hold a few that are never closed.
const BRACKETS_MAX = 200;
const INDENT_MAX = 400;
const COLUMNS_MAX = 1_000; // as in a table

const sections = ["preset", "defaults", "channels", "groups", "images"] as const;

interface Reader {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly headers: Map<string, string>;
  readonly notes: Set<string>;
  nodes: number;
  aliases: number;
}

/** @throws FoundryError `format.sheet` naming the line; `limit.bytes`. */
export function parseYamlSheet(text: string, name: string): Sheet {
  const reader = openYaml(text, name);
  const root = reader.document.contents;
  if (!isMap(root))
    throw refuse(
      reader,
      root,
      "it is not a list of sections",
      `Write ${sections.join(", ")} with a colon each.`,
    );
  const parts = new Map<string, Node | null>();
  const loose: Pair[] = [];
  for (const pair of root.items) {
    const key = keyOf(reader, pair);
    if (parts.has(key))
      throw refuse(reader, pair.key as Node, `${key} is there twice`, "Keep one of the two.");
    if ((sections as readonly string[]).includes(key)) parts.set(key, follow(reader, pair.value));
    else loose.push(pair);
  }
  // `experiment: e1` beside the sections means what it means under `defaults`.
  const defaults = defaultsOf(reader, parts.get("defaults") ?? null, loose, root as Node);
  const groups = namedRows(reader, parts.get("groups") ?? null, "groups");
  const rows = namedRows(reader, parts.get("images") ?? null, "images");
  refuseRepeats(rows, "name", name);
  refuseRepeats(groups, "group", name);
  if (defaults === null && groups.length === 0 && rows.length === 0) {
    throw refuse(
      reader,
      root as Node,
      "it describes nothing",
      "Write values under defaults, groups or images.",
    );
  }
  return {
    keyColumn: "name",
    columns: [...reader.headers.keys()],
    headers: Object.fromEntries(reader.headers),
    ...inherit({ defaults, groups, rows }),
    channels: channelsOf(reader, parts.get("channels") ?? null),
    preset: parts.has("preset") ? textOf(reader, parts.get("preset") ?? null) : null,
    notes: [...reader.notes],
  };
}

function openYaml(text: string, file: string): Reader {
  if (text.length > TEXT_MAX) {
    throw fault("limit.bytes", {
      file,
      reason: `it has ${text.length} characters, the limit is ${TEXT_MAX}`,
      remedy: "Write a CSV sheet, or one sheet per experiment.",
    });
  }
  refuseDepth(text, file);
  const lines = new LineCounter();
  let document: Document;
  try {
    // Repeated keys are found below; the library compares each key with all others.
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: "silent" });
  } catch (cause) {
    throw fault("format.sheet", {
      file,
      reason: "it is not YAML",
      remedy: "Check its brackets and indents.",
      cause,
    });
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line;
    const [reason = "it is not YAML"] = error.message.split(/ at line \d+|\n/);
    throw fault("format.sheet", {
      file,
      place: `line ${line}`,
      reason: reason.slice(0, 200),
      remedy: "Check indents, colons and quotes on this line and the one before.",
    });
  }
  return { file, document, lines, headers: new Map(), notes: new Set(), nodes: 0, aliases: 0 };
}

/** Deep nesting overflows the stack of any reader, so it is counted before one is asked. */
function refuseDepth(text: string, file: string): void {
  let depth = 0;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const stop = text.indexOf("\n", start);
    const end = stop < 0 ? text.length : stop;
    line++;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      if (unit === 0x5b || unit === 0x7b) depth++;
      else if ((unit === 0x5d || unit === 0x7d) && depth > 0) depth--;
      if (depth > BRACKETS_MAX) break;
    }
    // Each level of indented nesting needs a blank, or a sign and a blank, at the beginning of its line.
    const indent = /^[ ?:-]*/.exec(text.slice(start, Math.min(end, start + INDENT_MAX + 1)))?.[0].length ?? 0;
    if (depth > BRACKETS_MAX || indent > INDENT_MAX) {
      throw fault("format.sheet", {
        file,
        place: `line ${line}`,
        reason: "it is nested too deeply",
        remedy: "A sheet is a list of images with values; check the brackets and indents.",
      });
    }
    start = end + 1;
  }
}

function lineOf(reader: Reader, node: Node | null): number {
  return node?.range == null ? 1 : reader.lines.linePos(node.range[0]).line;
}

function refuse(reader: Reader, node: Node | null, reason: string, remedy: string) {
  return fault("format.sheet", { file: reader.file, place: `line ${lineOf(reader, node)}`, reason, remedy });
}

/** A node with aliases followed; each look counts, so that no arrangement of aliases makes endless work. */
function follow(reader: Reader, value: unknown): Node | null {
  let node = value as Node | null;
  for (let depth = 0; isAlias(node); depth++) {
    if (++reader.aliases > ALIASES_MAX) {
      throw refuse(
        reader,
        node,
        `more than ${ALIASES_MAX} aliases (*) are used`,
        "Write the values under groups.",
      );
    }
    const target: Node | undefined = node.resolve(reader.document);
    if (target === undefined || depth > ALIAS_DEPTH_MAX) {
      throw refuse(reader, node, "an alias (*) has no anchor (&)", "Write the values out.");
    }
    node = target;
  }
  if (++reader.nodes > NODES_MAX) {
    throw refuse(
      reader,
      node,
      `it stands for more than ${NODES_MAX} values`,
      "Write the values out instead of using aliases.",
    );
  }
  return node;
}

function keyOf(reader: Reader, pair: Pair): string {
  const key = follow(reader, pair.key);
  if (!isScalar(key)) throw refuse(reader, key, "a name is a list", "Write a word before the colon.");
  const text = textOf(reader, key);
  if (text === "<<")
    throw refuse(reader, key, '"<<" is not understood here', "Write the values under defaults or groups.");
  return text;
}

/** The words of a value as they are written. */
function textOf(reader: Reader, node: Node | null): string {
  if (node === null) return "";
  if (!isScalar(node))
    throw refuse(reader, node, "a single value is expected here", "Write one word or number.");
  if (typeof node.value === "string") return node.value;
  return node.source ?? (node.value === null ? "" : String(node.value));
}

function pairsOf(reader: Reader, node: Node | null, what: string): readonly Pair[] {
  if (node === null || (isScalar(node) && node.value === null)) return [];
  if (!isMap(node))
    throw refuse(reader, node, `${what} is not a list of names with values`, "Write `name: value` lines.");
  return node.items as readonly Pair[];
}

function defaultsOf(reader: Reader, section: Node | null, loose: readonly Pair[], root: Node): OwnRow | null {
  const pairs = [...loose, ...pairsOf(reader, section, "defaults")];
  if (pairs.length === 0) return null;
  const line = lineOf(reader, section ?? root);
  return { name: "*", row: line, line, values: valuesOf(reader, pairs).values, channels: [] };
}

interface RowParts {
  readonly name: string;
  readonly values: Record<string, string>;
  readonly channels: readonly SheetChannel[];
}

function valuesOf(reader: Reader, pairs: readonly Pair[]): RowParts {
  const values: Record<string, string> = {};
  let name = "";
  let channels: readonly SheetChannel[] = [];
  for (const pair of pairs) {
    const key = keyOf(reader, pair);
    const node = follow(reader, pair.value);
    if (key === "channels") {
      channels = channelsOf(reader, node);
      continue;
    }
    const text = textOf(reader, node);
    if (key === "name" || key === "file") {
      name = text.trim();
      continue;
    }
    if (text.trim() === "") continue;
    const column = canonicalColumn(key);
    const place = `line ${lineOf(reader, node)}`;
    if (Object.hasOwn(values, column))
      throw refuse(
        reader,
        node,
        `"${key.slice(0, 60)}" means ${column}, which is there already`,
        "Keep one of the two.",
      );
    values[column] = readCell(column, text, { file: reader.file, place });
    if (reader.headers.has(column)) continue;
    reader.headers.set(column, key);
    if (reader.headers.size > COLUMNS_MAX) {
      throw refuse(
        reader,
        node,
        `it has more than ${COLUMNS_MAX} columns`,
        "Check the indents of the sheet.",
      );
    }
    const suggestion = suggestColumn(key);
    if (suggestion !== null)
      reader.notes.add(`Column "${key}" is kept as free text; did you mean "${suggestion}"?`);
  }
  return { name, values, channels };
}

/** Images or groups: a list whose entries have a `name`, or names with values below them. */
function namedRows(reader: Reader, node: Node | null, what: string): OwnRow[] {
  if (!isSeq(node)) {
    return pairsOf(reader, node, what).map((pair) => {
      const key = pair.key as Node | null;
      const parts = valuesOf(reader, pairsOf(reader, follow(reader, pair.value), what));
      return ownRow(reader, key, { ...parts, name: keyOf(reader, pair).trim() });
    });
  }
  return node.items.map((item) => {
    const entry = follow(reader, item);
    // A bare word in the list is an image without values of its own.
    if (isScalar(entry))
      return ownRow(reader, entry, { name: textOf(reader, entry).trim(), values: {}, channels: [] });
    return ownRow(reader, entry, valuesOf(reader, pairsOf(reader, entry, what)));
  });
}

function ownRow(reader: Reader, node: Node | null, parts: RowParts): OwnRow {
  if (parts.name === "")
    throw refuse(reader, node, "the name of the image is missing", "Write `name: FILE`.");
  const line = lineOf(reader, node);
  return {
    ...parts,
    name: readCell("name", parts.name, { file: reader.file, place: `line ${line}` }),
    row: line,
    line,
  };
}

function channelsOf(reader: Reader, node: Node | null): SheetChannel[] {
  if (node === null || (isScalar(node) && node.value === null)) return [];
  if (!isSeq(node))
    throw refuse(reader, node, "channels is not a list", "Write `- name: …` for each channel.");
  return node.items.map((item, index) => {
    const entry = follow(reader, item);
    const line = lineOf(reader, entry);
    if (isScalar(entry)) return { index, values: { name: textOf(reader, entry).trim() }, row: line, line };
    const values: Record<string, string> = {};
    for (const pair of pairsOf(reader, entry, "a channel")) {
      const text = textOf(reader, follow(reader, pair.value)).trim();
      if (text !== "")
        values[channelField(keyOf(reader, pair))] = readCell("channel", text, {
          file: reader.file,
          place: `line ${line}`,
        });
    }
    return { index, values, row: line, line };
  });
}
