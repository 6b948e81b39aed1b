/**
 * The report of a dry run: its words, and its figures from what was planned and looked at.
 */

import { errorToWire } from "#core/errors.ts";
import type { Candidate, IgnoredFile, SheetProblem } from "#formats/index.ts";
import { channelsOf, channelsOfSheet, type KnownAnswers } from "./answers.ts";
import type { DecodedItem } from "./decoder/protocol.ts";
import { type LabelStatistics, labelStatistics } from "./label-statistics.ts";
import type { PlannedImage, PlannedImport, RefusedFile } from "./plan-import.ts";
import { type ImportQuestion, openQuestions } from "./questions.ts";
import { spread } from "./spread.ts";

/** Examples of one kind in the report; counts are complete. */
const SHOWN = 100;
const SAMPLES = 5;

export interface DryRun {
  readonly title: string;
  readonly format: string;
  readonly formatTitle: string;
  /** Layouts in the order in which they were considered. */
  readonly candidates: readonly Candidate[];
  readonly images: number;
  readonly withLabels: number;
  readonly groups: number;
  /** The largest groups first. */
  readonly groupList: readonly GroupSummary[];
  /** Images decoded for the figures below. */
  readonly examined: number;
  /** Kinds of arrays among the examined, the most frequent first. */
  readonly arrays: readonly ArraySummary[];
  readonly channels: readonly { readonly name: string; readonly role: string; readonly images: number }[];
  /** Pixel sizes among the examined, micrometres; null for images that do not tell. */
  readonly pixelSizes: readonly {
    readonly mpp: string | null;
    readonly source: string;
    readonly images: number;
  }[];
  readonly labels: readonly LabelStatistics[];
  /** Raw words by field. */
  readonly metadata: readonly MetadataSummary[];
  readonly licence: string;
  readonly samples: readonly Sample[];
  /** Fields that some images lack, with the number of those images. */
  readonly missing: readonly { readonly field: string; readonly images: number }[];
  /** Names of images whose files are byte for byte, or whose pixels are, the same. */
  readonly duplicates: readonly (readonly string[])[];
  /** Images that the project holds already. */
  readonly inProject: readonly {
    readonly name: string;
    readonly as: string;
    readonly by: "file" | "pixels";
  }[];
  readonly inProjectCount: number;
  readonly questions: readonly ImportQuestion[];
  /** Sheet that describes the images; its text unless it is very long. */
  readonly sheet: { readonly path: string; readonly text: string | null } | null;
  /** Values of the sheet that break a rule or are no term, with row and column. */
  readonly sheetProblems: readonly SheetProblem[];
  readonly sheetProblemCount: number;
  readonly ignored: readonly IgnoredFile[];
  readonly ignoredCount: number;
  readonly failures: readonly RefusedFile[];
  readonly failureCount: number;
  readonly warnings: readonly string[];
}

interface GroupSummary {
  readonly key: string;
  readonly level: string | null;
  readonly rule: string;
  readonly known: boolean;
  readonly images: number;
}

interface ArraySummary {
  readonly axes: string;
  readonly dtype: string;
  readonly channels: number;
  /** Smallest and largest shape by number of pixels. */
  readonly smallest: readonly number[];
  readonly largest: readonly number[];
  readonly images: number;
}

interface MetadataSummary {
  readonly field: string;
  readonly images: number;
  /** Most frequent words first. */
  readonly values: readonly { readonly value: string; readonly images: number }[];
}

interface Sample {
  readonly name: string;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly notes: readonly string[];
  /** `data:` address of a PNG with the outlines of labels. */
  readonly picture: string | null;
  /** The same of undeclared pages or of channels. */
  readonly parts: readonly { readonly title: string; readonly picture: string }[];
}

/** An image of the plan that was decoded. */
export interface Examined {
  readonly image: PlannedImage;
  readonly decoded: DecodedItem;
}

/** Images that are there twice. */
export interface SameImages {
  readonly duplicates: readonly (readonly string[])[];
  readonly inProject: DryRun["inProject"];
  readonly notes: readonly string[];
}

/** Puts the report together; `failures` may grow. */
export function reportOf(
  plan: PlannedImport,
  answers: KnownAnswers,
  examined: readonly Examined[],
  failures: readonly RefusedFile[],
  same: SameImages,
): DryRun {
  const notes = new Set([...plan.warnings, ...same.notes]);
  for (const { decoded } of examined) for (const note of decoded.notes) notes.add(note);
  const groups = groupList(plan.images);
  const drawn = examined.filter(({ decoded }) => decoded.preview !== null);
  return {
    title: plan.title,
    format: plan.format,
    formatTitle: plan.formatTitle,
    candidates: plan.candidates,
    images: plan.images.length,
    withLabels: plan.images.filter(({ item }) => item.layers.length > 0).length,
    groups: groups.length,
    groupList: groups.slice(0, SHOWN),
    examined: examined.length,
    arrays: arrayList(examined),
    channels: channelList(examined, answers, failures as RefusedFile[]),
    pixelSizes: sizeList(examined, answers),
    labels: labelStatistics(examined.map(({ decoded }) => decoded)),
    metadata: metadataList(plan.images),
    licence: [...new Set(plan.images.map(({ licence }) => licence))].join("; ") || "unknown",
    samples: spread(drawn.length > 0 ? drawn : examined, SAMPLES).map(sampleOf),
    missing: missingFields(plan.images, examined, answers),
    duplicates: same.duplicates.slice(0, SHOWN),
    inProject: same.inProject.slice(0, SHOWN),
    inProjectCount: same.inProject.length,
    questions: openQuestions(plan, examined, answers),
    sheet: plan.sheet === null ? null : { path: plan.sheet, text: plan.sheetText },
    sheetProblems: plan.sheetProblems.slice(0, SHOWN),
    sheetProblemCount: plan.sheetProblems.length,
    ignored: plan.ignored.slice(0, SHOWN),
    ignoredCount: plan.ignored.length,
    failures: failures.slice(0, SHOWN),
    failureCount: failures.length,
    warnings: [...notes].slice(0, SHOWN),
  };
}

function sampleOf({ image, decoded }: Examined): Sample {
  const { axes, shape, dtype, notes, preview } = decoded;
  return {
    name: image.name,
    axes,
    shape,
    dtype,
    notes,
    picture: preview === null ? null : dataAddress(preview.whole),
    parts: (preview?.parts ?? []).map(({ title, png }) => ({ title, picture: dataAddress(png) })),
  };
}

function dataAddress(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}

function groupList(images: readonly PlannedImage[]): GroupSummary[] {
  return [...Map.groupBy(images, ({ group }) => group)]
    .map(([key, members]) => {
      const { groupLevel, groupRule, groupKnown } = members[0] as PlannedImage;
      return { key, level: groupLevel, rule: groupRule, known: groupKnown, images: members.length };
    })
    .sort((a, b) => b.images - a.images || (a.key < b.key ? -1 : 1));
}

function arrayList(examined: readonly Examined[]): ArraySummary[] {
  const pixels = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
  const kinds = Map.groupBy(examined, ({ decoded }) =>
    [decoded.axes, decoded.dtype, decoded.channels.length].join(" "),
  );
  return [...kinds.values()]
    .map((members) => {
      const { axes, dtype, channels } = (members[0] as Examined).decoded;
      const shapes = members.map(({ decoded }) => decoded.shape).sort((a, b) => pixels(a) - pixels(b));
      return {
        axes,
        dtype,
        channels: channels.length,
        smallest: shapes.at(0) as readonly number[],
        largest: shapes.at(-1) as readonly number[],
        images: members.length,
      };
    })
    .sort((a, b) => b.images - a.images)
    .slice(0, SHOWN);
}

function channelList(
  examined: readonly Examined[],
  answers: KnownAnswers,
  failures: RefusedFile[],
): DryRun["channels"] {
  const counts = new Map<string, { name: string; role: string; images: number }>();
  for (const { image, decoded } of examined) {
    try {
      for (const { name, role } of channelsOf(
        decoded.channels,
        image.metadata,
        channelsOfSheet(image.channels, decoded.channels.length) ?? answers.channels,
        image.item.imagePath,
      )) {
        const known = counts.get(`${name} ${role}`) ?? { name, role, images: 0 };
        known.images++;
        counts.set(`${name} ${role}`, known);
      }
    } catch (error) {
      failures.push({ path: image.item.imagePath, error: errorToWire(error) });
    }
  }
  return [...counts.values()].slice(0, SHOWN);
}

function sizeList(examined: readonly Examined[], answers: KnownAnswers): DryRun["pixelSizes"] {
  const counts = new Map<string, { mpp: string | null; source: string; images: number }>();
  for (const { image, decoded } of examined) {
    const mpp = image.mpp ?? decoded.mpp ?? answers.mpp ?? null;
    const source =
      mpp === null
        ? "nobody"
        : image.mpp !== null
          ? "sheet"
          : decoded.mpp !== null
            ? (decoded.mppSource ?? "file")
            : "answer";
    const text = mpp === null ? null : mpp.y === mpp.x ? `${mpp.y}` : `${mpp.y} x ${mpp.x}`;
    const known = counts.get(`${text} ${source}`) ?? { mpp: text, source, images: 0 };
    known.images++;
    counts.set(`${text} ${source}`, known);
  }
  return [...counts.values()].sort((a, b) => b.images - a.images).slice(0, SHOWN);
}

/** Most frequent words of one field in the report. */
const VALUES_SHOWN = 20;

function metadataList(images: readonly PlannedImage[]): MetadataSummary[] {
  const fields = new Map<string, Map<string, number>>();
  for (const { metadata } of images) {
    for (const [field, value] of Object.entries(metadata)) {
      const values = fields.get(field) ?? new Map<string, number>();
      fields.set(field, values.set(value, (values.get(value) ?? 0) + 1));
    }
  }
  return [...fields].map(([field, values]) => ({
    field,
    images: [...values.values()].reduce((sum, count) => sum + count, 0),
    values: [...values]
      .map(([value, count]) => ({ value, images: count }))
      .sort((a, b) => b.images - a.images)
      .slice(0, VALUES_SHOWN),
  }));
}

/** What every image should say; anything else in a sheet is a bonus. Pixel sizes are known of the examined only. */
function missingFields(
  images: readonly PlannedImage[],
  examined: readonly Examined[],
  answers: KnownAnswers,
): DryRun["missing"] {
  const lacks: readonly (readonly [string, (image: PlannedImage) => boolean])[] = [
    ["group", (image) => !image.groupKnown],
    ["kind", (image) => image.metadata["kind"] === undefined],
    ["organ", (image) => image.metadata["organ"] === undefined && image.metadata["cellLine"] === undefined],
    ["species", (image) => image.metadata["species"] === undefined],
    ["modality", (image) => image.metadata["modality"] === undefined],
    ["licence", (image) => image.licence === "unknown"],
    ["labels", (image) => image.item.layers.length === 0],
  ];
  const sizeless = examined.filter(
    ({ image, decoded }) => (image.mpp ?? decoded.mpp ?? answers.mpp ?? null) === null,
  );
  return [
    ...lacks.map(([field, lacking]) => ({ field, images: images.filter(lacking).length })),
    { field: "mpp", images: sizeless.length },
  ].filter((entry) => entry.images > 0);
}
