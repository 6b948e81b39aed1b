/**
 * The rules of checking, as plain data: what each looks for, how grave it is, whether it can be mended by itself.
 *
 * Measured on ten thousands of nuclei that people had mended by hand: rules of geometry (holes, pieces) found 91 % of
 * what people changed and were right in 97 %; rules of statistics (size, roundness) were wrong in 95 %. So geometry
 * gates ("error"), and statistics only say what to look at first ("warning", "info").
 */

/** Error: such labels do not train a model. Warning: a person should look. Info: only sorts what to look at. */
export type Severity = "error" | "warning" | "info";

export type CheckScope = "object" | "compartments" | "image" | "track" | "model";

/** Ways to mend without a person; each ends in edits that undo takes back. */
export type Fix = "fillHoles" | "deleteFragments" | "separatePieces" | "takeSharedPixels" | "dropDuplicate";

export interface CheckRule {
  readonly severity: Severity;
  readonly scope: CheckScope;
  /** Two or three words, for a list. */
  readonly title: string;
  /** One sentence: what is wrong and why it matters. */
  readonly explains: string;
  readonly fix: Fix | null;
}

const rule = (
  scope: CheckScope,
  severity: Severity,
  title: string,
  explains: string,
  fix: Fix | null = null,
): CheckRule => ({ scope, severity, title, explains, fix });

/** Closed list; names are stored with findings and stay. */
export const checkRules = {
  objectHole: rule(
    "object",
    "error",
    "Hole in a cell",
    "Background pixels are enclosed by the cell; a model would learn rings.",
    "fillHoles",
  ),
  objectInPieces: rule(
    "object",
    "error",
    "Cell in pieces",
    "One cell consists of parts that do not touch; often two cells got one label.",
    "separatePieces",
  ),
  objectFragment: rule(
    "object",
    "warning",
    "Loose specks",
    "A few pixels of the cell lie apart from it, as slips of a brush do.",
    "deleteFragments",
  ),
  objectOverlap: rule(
    "object",
    "error",
    "Shared pixels",
    "Two cells claim the same pixels; a label image can show only one of them.",
    "takeSharedPixels",
  ),
  objectDuplicate: rule(
    "object",
    "error",
    "Cell twice",
    "Two labels cover nearly the same pixels: the cell was outlined twice.",
    "dropDuplicate",
  ),
  objectTiny: rule(
    "object",
    "info",
    "Very small cell",
    "Smaller than 30 pixels or a twentieth of the usual size in this image.",
  ),
  objectHuge: rule(
    "object",
    "warning",
    "Very large cell",
    "More than ten times the usual size in this image: perhaps several cells.",
  ),
  objectNotSolid: rule(
    "object",
    "info",
    "Ragged outline",
    "The cell fills less than 85 % of its hull: touching cells or a torn outline look like this.",
  ),
  objectAtBorder: rule(
    "object",
    "info",
    "Cut by the border",
    "The cell touches the edge of the image, so its size and shape are not its own.",
  ),
  nucleusWithoutCell: rule(
    "compartments",
    "warning",
    "Nucleus without a cell",
    "The nucleus lies in no cell of the whole-cell layer.",
  ),
  nucleusOutsideCell: rule(
    "compartments",
    "warning",
    "Nucleus leaves its cell",
    "A part of the nucleus lies outside the cell that holds most of it.",
  ),
  cellWithoutNucleus: rule(
    "compartments",
    "warning",
    "Cell without a nucleus",
    "No nucleus lies in the cell; it may be out of focus, or the cell is not one.",
  ),
  cellWithNuclei: rule(
    "compartments",
    "warning",
    "Cell with several nuclei",
    "Two or more nuclei lie in one cell: a division, or cells that were merged.",
  ),
  layerEmpty: rule(
    "image",
    "warning",
    "No cells at all",
    "The labels count as complete, but there is not one cell in the image.",
  ),
  densityOutlier: rule(
    "image",
    "warning",
    "Unusual number of cells",
    "Far more or fewer cells per area than in other images of its group.",
  ),
  imageTwice: rule(
    "image",
    "warning",
    "Image twice",
    "Another image of the project shows the same pixels, as they are, turned or mirrored.",
  ),
  labelGap: rule(
    "image",
    "info",
    "Numbers left out",
    "Numbers between the smallest and the largest label are not used; harmless, but some programs expect none.",
  ),
  channelConstant: rule(
    "image",
    "warning",
    "Empty channel",
    "All pixels of the channel have one value: nothing was recorded.",
  ),
  channelSaturated: rule(
    "image",
    "warning",
    "Overexposed channel",
    "Many pixels stand at the greatest value; brightness differences are lost there.",
  ),
  channelOrder: rule(
    "image",
    "warning",
    "Channels swapped?",
    "Another channel shows the labelled nuclei more clearly than the one named nuclear.",
  ),
  trackLaw: rule(
    "track",
    "error",
    "Broken lineage",
    "The tracks contradict each other or the pixels, so that no lineage tree can be drawn.",
  ),
  trackDoubt: rule(
    "track",
    "warning",
    "Doubtful division",
    "A division with one, late or more than two daughters: rare in life, common after a missed cell.",
  ),
  trackJump: rule(
    "track",
    "warning",
    "Jump",
    "Between two frames the cell moves more than twice its own diameter.",
  ),
  trackAreaJump: rule(
    "track",
    "warning",
    "Sudden change of size",
    "Between two frames the cell doubles or halves in size without a division.",
  ),
  trackSingleFrame: rule(
    "track",
    "warning",
    "Seen once",
    "A track of one frame: often a speck, or a cell that lost its track.",
  ),
  modelSplit: rule(
    "model",
    "info",
    "Model sees several cells",
    "Where there is one label the model finds two or more cells.",
  ),
  modelMerge: rule(
    "model",
    "info",
    "Model sees one cell",
    "Where there are several labels the model finds one cell.",
  ),
  modelMissing: rule(
    "model",
    "info",
    "Model sees no cell",
    "Where there is a label the model finds nothing.",
  ),
  modelExtra: rule("model", "info", "Cell left out?", "The model is sure of a cell where there is no label."),
} as const satisfies Readonly<Record<string, CheckRule>>;

export const checkRuleNames = Object.keys(checkRules) as CheckRuleName[];

/** Raised with every change of what a rule finds; findings of an earlier version count as not looked for. */
export const checkRulesVersion = 1;

export type CheckRuleName = keyof typeof checkRules;

/** One thing found. */
export interface CheckFinding {
  readonly rule: CheckRuleName;
  /** Objects concerned, the one to look at first; empty for a finding about the image. */
  readonly uids: readonly string[];
  /** How far from what it should be; larger means look earlier. Comparable within one rule only. */
  readonly value: number;
  /** The particulars with numbers and units, after the rule's title: "3 holes, 41 pixels". */
  readonly detail: string;
  /** Channel concerned, for rules about channels. */
  readonly channel?: number;
}

/** Whether findings of this rule keep labels from being used until mended or waived. */
export function gates(name: CheckRuleName): boolean {
  return checkRules[name].severity === "error";
}
