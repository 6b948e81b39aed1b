/** Before a release: what would happen to the cells of the pinned images if this version took over. */

import { type ReactNode, useState } from "react";
import type { Compartment, PinnedComparisonWire } from "#api/index.ts";
import { changeVerbs } from "#core/versions/index.ts";
import {
  isFinal,
  useCan,
  useComparePinned,
  useJobs,
  usePinnedComparison,
  usePinnedDifference,
} from "../client/index.ts";
import { Bone, Button, classNames, formatCount, Loading, Problem, plural, Section } from "../ui/index.ts";
import { CellPicture, type Outline } from "../versions/cell-picture.tsx";
import { outlinePath } from "../versions/outline-path.ts";
import { verbColour, verbWord } from "../versions/verb-words.ts";

/** Verbs that a model version can cause; types are not its affair. */
const shownVerbs = changeVerbs.filter((verb) => verb !== "reclassified");

interface Place {
  readonly imageId: string;
  readonly compartment: Compartment;
}

export function PinnedBox({ projectId, versionId }: { projectId: string; versionId: string }): ReactNode {
  const comparison = usePinnedComparison(projectId, versionId);
  const compare = useComparePinned(projectId, versionId);
  const canStart = useCan("annotator");
  const jobs = useJobs();
  const [place, setPlace] = useState<Place | null>(null);
  const running = jobs.data?.jobs.some((job) => job.id === compare.data?.id && !isFinal(job)) === true;
  if (comparison.isPending) {
    return (
      <Loading text="Reading the pinned images …">
        <Bone className="h-9 w-full" />
      </Loading>
    );
  }
  if (comparison.isError)
    return <Problem error={comparison.error} onRetry={() => void comparison.refetch()} />;
  const { against, differences, missing } = comparison.data;
  if (against === null) return null;
  const total = differences.length + missing.length;
  return (
    <Section title="Pinned images" note={`against ${against.name}`}>
      {total === 0 ? (
        <p className="text-sm text-quiet">
          This project has no pinned images. Pin some on the page of an evaluation, under Images; then every
          release shows first what would happen to their cells.
        </p>
      ) : (
        <>
          {missing.length > 0 && (
            <div className="flex items-center gap-3">
              <Button
                busy={compare.isPending || running}
                disabled={!canStart}
                onClick={() => compare.mutate()}
              >
                Compare on {plural(missing.length, "pinned image")}
              </Button>
              <span className="text-sm text-quiet">Both versions predict them; a release waits for it.</span>
            </div>
          )}
          {differences.length > 0 && (
            <DifferenceTable differences={differences} place={place} onPick={setPlace} />
          )}
          {place !== null && <DifferencePicture projectId={projectId} versionId={versionId} place={place} />}
        </>
      )}
    </Section>
  );
}

function DifferenceTable({
  differences,
  place,
  onPick,
}: {
  differences: PinnedComparisonWire["differences"];
  place: Place | null;
  onPick: (place: Place) => void;
}): ReactNode {
  const hasBoth = new Set(differences.map(({ compartment }) => compartment)).size > 1;
  return (
    <table className="table">
      <caption className="sr-only">Changes of cells on pinned images</caption>
      <thead>
        <tr>
          <th>Image</th>
          <th className="num">Cells</th>
          {shownVerbs.map((verb) => (
            <th key={verb} className="num">
              <span className="inline-flex items-center gap-1.5">
                <span
                  aria-hidden="true"
                  className="size-2 rounded-sm"
                  style={{ background: verbColour(verb) }}
                />
                {verbWord(verb)}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {differences.map(({ image, compartment, before, after, counts }) => {
          const isChosen = place?.imageId === image.imageId && place.compartment === compartment;
          return (
            <tr key={`${image.imageId} ${compartment}`} className={classNames(isChosen && "bg-accent-wash")}>
              <td className="max-w-48">
                <button
                  type="button"
                  aria-pressed={isChosen}
                  className="block max-w-full truncate rounded-md hover:text-accent"
                  onClick={() => onPick({ imageId: image.imageId, compartment })}
                >
                  {image.name}
                  {hasBoth && ` (${compartment === "nuclear" ? "nuclei" : "cells"})`}
                </button>
              </td>
              <td className="num whitespace-nowrap">
                {before === after ? formatCount(after) : `${formatCount(before)} → ${formatCount(after)}`}
              </td>
              {shownVerbs.map((verb) => (
                <td key={verb} className={classNames("num", counts[verb] === 0 && "text-quiet")}>
                  {formatCount(counts[verb] ?? 0)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function DifferencePicture({
  projectId,
  versionId,
  place,
}: {
  projectId: string;
  versionId: string;
  place: Place;
}): ReactNode {
  const difference = usePinnedDifference(projectId, versionId, place);
  if (difference.isPending) return <Loading text="Comparing the cells …" />;
  if (difference.isError)
    return <Problem error={difference.error} onRetry={() => void difference.refetch()} />;
  const { image, changes, identical } = difference.data;
  const outlines = changes.flatMap((change, k): Outline[] =>
    (["before", "after"] as const).flatMap((side) =>
      change[side].length === 0
        ? []
        : [
            {
              key: `${k} ${side}`,
              path: outlinePath(change[side]),
              colour: verbColour(change.verb),
              title: `${verbWord(change.verb)}, ${side}`,
              dashed: side === "before" && change.after.length > 0,
            },
          ],
    ),
  );
  return (
    <figure className="flex flex-col gap-1">
      <div className="h-96 overflow-hidden rounded-lg">
        <CellPicture
          imageId={image.imageId}
          size={image}
          outlines={outlines}
          label={`Changes of cells in ${image.name}`}
          testId="pinned-picture"
        />
      </div>
      <figcaption className="text-sm text-quiet">
        {plural(identical, "cell")} the same in both and not drawn; dashed is before, full is after. Zoom with
        the wheel.
      </figcaption>
    </figure>
  );
}
