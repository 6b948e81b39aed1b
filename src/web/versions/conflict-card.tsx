/** One conflict: the two contours over the image, and what to keep. */

import type { ReactNode } from "react";
import type { ImageDetail, MergeConflictWire } from "#api/index.ts";
import type { Resolution } from "#core/versions/index.ts";
import { Button, classNames } from "../ui/index.ts";
import { CellPicture, type Outline } from "./cell-picture.tsx";
import { boxOf, outlinePath } from "./outline-path.ts";
import { unchangedCss } from "./verb-words.ts";

/** Two colours that stay apart for colour-blind eyes and on any image. */
const sideColours = { ours: "rgb(86 180 233)", theirs: "rgb(240 160 60)" } as const;

const kindWords = {
  changed: "Both changed it",
  removed: "One removed what the other changed",
  overlap: "They claim the same pixels",
} as const;

const choices: readonly (readonly [Resolution, string])[] = [
  ["ours", "Ours"],
  ["theirs", "Theirs"],
  ["both", "Both"],
  ["base", "Base"],
  ["neither", "Neither"],
];

export function ConflictCard({
  image,
  conflict,
  choice,
  pixelRule,
  onPixelRule,
  onChoose,
}: {
  image: ImageDetail;
  conflict: MergeConflictWire;
  choice: Resolution | undefined;
  pixelRule: "ours" | "theirs";
  onPixelRule: (rule: "ours" | "theirs") => void;
  onChoose: (resolution: Resolution) => void;
}): ReactNode {
  const { base, ours, theirs, kind, sharedPixels, needsPixelRule } = conflict;
  const kept = (side: "ours" | "theirs"): boolean => choice === side || choice === "both";
  const outlines: Outline[] = [
    {
      key: "base",
      path: outlinePath(base),
      colour: unchangedCss,
      dashed: true,
      title: "Before",
      filled: choice === "base",
    },
    {
      key: "ours",
      path: outlinePath(ours),
      colour: sideColours.ours,
      title: "Ours",
      strong: true,
      filled: kept("ours"),
    },
    {
      key: "theirs",
      path: outlinePath(theirs),
      colour: sideColours.theirs,
      title: "Theirs",
      strong: true,
      filled: kept("theirs"),
    },
  ];
  return (
    <article
      aria-label={kindWords[kind]}
      data-testid="conflict"
      data-choice={choice ?? ""}
      className={classNames(
        "flex flex-col gap-2 rounded-lg border bg-panel p-3",
        choice === undefined ? "border-warn" : "border-line",
      )}
    >
      <div className="h-52 overflow-hidden rounded-md">
        <CellPicture
          imageId={image.id}
          size={image}
          outlines={outlines}
          focus={boxOf([...base, ...ours, ...theirs])}
          label="Contours: ours blue, theirs orange, before dashed"
        />
      </div>
      <p className="text-sm">
        {kindWords[kind]}
        {sharedPixels > 0 && <span className="text-quiet"> · {sharedPixels} px in common</span>}
      </p>
      <fieldset className="flex flex-wrap gap-1" aria-label="Keep">
        {choices.map(([value, word]) => (
          <Button
            key={value}
            size="small"
            look={choice === value ? "primary" : "plain"}
            aria-pressed={choice === value}
            onClick={() => onChoose(value)}
            data-testid={`keep-${value}`}
          >
            {value === "ours" || value === "theirs" ? (
              <span
                aria-hidden="true"
                className="size-2.5 rounded-full"
                style={{ background: sideColours[value] }}
              />
            ) : null}
            {word}
          </Button>
        ))}
      </fieldset>
      {choice === "both" && needsPixelRule && (
        <label className="flex items-center gap-2 text-sm">
          Shared pixels go to
          <select
            className="control"
            value={pixelRule}
            onChange={(event) => onPixelRule(event.target.value === "theirs" ? "theirs" : "ours")}
          >
            <option value="ours">ours</option>
            <option value="theirs">theirs</option>
          </select>
        </label>
      )}
    </article>
  );
}
