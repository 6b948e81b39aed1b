/** What the files are taken for, and why; how many; and what they look like when decoded. */

import type { ReactNode } from "react";
import type { ImportPlan } from "#api/index.ts";
import { Choice, Facts, formatCount, plural } from "../ui/index.ts";
import { readyImages } from "./choices.ts";
import { Part } from "./part.tsx";
import { arrayText, labelsText, pixelSizeText } from "./plan-words.ts";

export function Found({
  plan,
  format,
  onFormat,
}: {
  plan: ImportPlan;
  format: string | undefined;
  onFormat: (format: string) => void;
}): ReactNode {
  const taken = plan.candidates.find((candidate) => candidate.format === plan.format);
  const fitting = plan.candidates.filter(({ fits }) => fits);
  return (
    <Part
      title={`${plural(readyImages(plan), "image")}, ${plan.withLabels === 0 ? "no labels" : `${formatCount(plan.withLabels)} with labels`}`}
      note={plan.examined < readyImages(plan) ? `${formatCount(plan.examined)} looked at` : undefined}
    >
      <Samples plan={plan} />
      <Facts
        rows={[
          [
            "Read as",
            <span key="as">
              {plan.formatTitle}
              {taken !== undefined && taken.reason !== "" && (
                <span className="text-quiet"> · {taken.reason}</span>
              )}
            </span>,
          ],
          ...plan.arrays.slice(0, 4).map((array, index) => {
            const text = arrayText(array);
            return [index === 0 ? "Arrays" : "", text] as const;
          }),
          ["Pixel size", pixelSizeText(plan)],
          ...plan.labels.map((layer, index) => [index === 0 ? "Labels" : "", labelsText(layer)] as const),
        ]}
      />
      {fitting.length > 1 && (
        <Choice
          label="Read the files as"
          className="max-w-md"
          items={fitting.map((candidate) => ({
            value: candidate.format,
            label: `${candidate.title}: ${plural(candidate.images, "image")}`,
            note: candidate.reason,
          }))}
          value={format ?? plan.format}
          onChange={onFormat}
        />
      )}
    </Part>
  );
}

function Samples({ plan }: { plan: ImportPlan }): ReactNode {
  const shown = plan.samples.filter(({ picture }) => picture !== null);
  if (shown.length === 0) return null;
  return (
    <div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-3">
        {shown.map((sample) => (
          <li key={sample.name} className="flex min-w-0 flex-col gap-1">
            <div className="grid h-34 place-items-center overflow-hidden rounded-md bg-bench">
              <img
                src={sample.picture ?? ""}
                alt={`${sample.name}, decoded`}
                className="size-full object-contain"
              />
            </div>
            <div className="truncate text-xs" title={sample.name}>
              {sample.name}
            </div>
          </li>
        ))}
      </ul>
      {plan.withLabels > 0 && (
        <p className="mt-2 text-xs text-quiet">Outlines are the labels that came with the files.</p>
      )}
    </div>
  );
}
