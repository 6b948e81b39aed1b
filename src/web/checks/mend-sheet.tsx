/** Mending in bulk: what it changes in numbers, the first few cells before and after, then the edit with its undo. */

import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import type { MendPreviewWire } from "#api/index.ts";
import { checkRules, type Fix } from "#core/checks/index.ts";
import {
  type FindingChoiceRequest,
  findingPictureUrl,
  useMend,
  useMendPreview,
  useUndoMend,
} from "../client/index.ts";
import { Button, formatCount, Loading, Problem, plural, Sheet, tell, tellWithAction } from "../ui/index.ts";

const fixWords: Readonly<Record<Fix, string>> = {
  fillHoles: "Enclosed background becomes part of the cell.",
  deleteFragments: "Pieces below 10 pixels are removed.",
  separatePieces:
    "The largest piece stays the cell; other pieces of 10 pixels or more become cells of their own, smaller ones are removed.",
  takeSharedPixels: "Shared pixels stay with the first of the two cells.",
  dropDuplicate: "The smaller of the two outlines is removed.",
};

export function MendSheet({
  projectId,
  choice,
  onClose,
}: {
  projectId: string;
  /** Null: closed. */
  choice: FindingChoiceRequest | null;
  onClose: () => void;
}): ReactNode {
  const preview = useMendPreview(projectId, choice);
  const mend = useMend(projectId);
  const undo = useUndoMend(projectId);
  const title = choice === null ? "" : checkRules[choice.rule].title;
  const apply = (): void => {
    if (choice === null) return;
    mend.mutate(choice, {
      onSuccess: ({ id, findingCount, layerCount }) => {
        onClose();
        tellWithAction(`${plural(findingCount, "finding")} mended in ${plural(layerCount, "image")}.`, {
          label: "Undo",
          onAction: () =>
            undo.mutate(id, {
              onSuccess: ({ undone, kept }) =>
                tell(
                  `${plural(undone, "finding")} as before.`,
                  kept === 0 ? undefined : `${formatCount(kept)} changed since and were left alone.`,
                ),
            }),
        });
      },
    });
  };
  const mendable = preview.data?.mendable ?? 0;
  return (
    <Sheet
      open={choice !== null}
      onClose={onClose}
      wide="extra"
      title={`Mend: ${title}`}
      description={
        preview.data === undefined
          ? "All other cells keep every pixel. You can undo it."
          : `${fixWords[preview.data.fix]} All other cells keep every pixel. You can undo it.`
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={preview.data === undefined || mendable === 0}
            busy={mend.isPending}
            onClick={apply}
          >
            {preview.data === undefined ? "Mend" : `Mend ${formatCount(mendable)}`}
          </Button>
        </>
      }
    >
      {preview.isError ? (
        <Problem error={preview.error} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Loading text="Trying it out …" />
      ) : (
        <PreviewOf preview={preview.data} />
      )}
    </Sheet>
  );
}

function PreviewOf({ preview }: { preview: MendPreviewWire }): ReactNode {
  const { findings, mendable, images, addedPixels, removedPixels, bornObjects, removedObjects, samples } =
    preview;
  const facts = [
    addedPixels > 0 ? `${plural(addedPixels, "pixel")} added` : "",
    removedPixels > 0 ? `${plural(removedPixels, "pixel")} removed` : "",
    bornObjects > 0 ? `${plural(bornObjects, "new cell")}` : "",
    removedObjects > 0 ? `${plural(removedObjects, "cell")} removed` : "",
  ].filter((text) => text !== "");
  return (
    <>
      <p aria-live="polite">
        {plural(mendable, "finding")} in {plural(images, "image")}
        {facts.length > 0 && `: ${facts.join(", ")}`}.
        {findings > mendable && ` ${formatCount(findings - mendable)} changed meanwhile and need no mending.`}
      </p>
      <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        {samples.map(({ findingId }) => (
          <li key={findingId} className="flex items-center gap-2">
            <BeforeAfter findingId={findingId} view="now" />
            <ArrowRight aria-hidden="true" className="size-4 shrink-0 text-quiet" />
            <BeforeAfter findingId={findingId} view="mended" />
          </li>
        ))}
      </ul>
      {mendable > samples.length && (
        <p className="text-sm text-quiet">and {formatCount(mendable - samples.length)} more</p>
      )}
    </>
  );
}

function BeforeAfter({ findingId, view }: { findingId: string; view: "now" | "mended" }): ReactNode {
  return (
    <figure className="min-w-0 flex-1">
      <img
        src={findingPictureUrl(findingId, { size: 256, view })}
        alt={view === "now" ? "Before" : "After"}
        loading="lazy"
        className="aspect-square w-full rounded-sm bg-bench object-contain [image-rendering:pixelated]"
      />
      <figcaption className="mt-1 text-xs text-quiet">{view === "now" ? "Now" : "Mended"}</figcaption>
    </figure>
  );
}
