/**
 * How a training will vary its images: sample crops, and the plan behind them in plain words with reasons.
 *
 * Opened on demand, because drawing samples reads images. The picture shows crops made by the code that training runs.
 */

import { type ReactNode, useState } from "react";
import type { AugmentMode, AugmentPlanInWords } from "#api/index.ts";
import { augmentPictureUrl, toFoundryError, useAugmentPlans } from "../client/index.ts";
import { Button, Loading, plural } from "../ui/index.ts";

export function AugmentPreview({
  versionId,
  mode = "domain",
}: {
  versionId: string;
  mode?: AugmentMode;
}): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <details className="rounded-md" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="rounded-md text-sm text-quiet hover:text-ink">How images are varied</summary>
      {open && <Opened key={versionId} versionId={versionId} mode={mode} />}
    </details>
  );
}

function Opened({ versionId, mode }: { versionId: string; mode: AugmentMode }): ReactNode {
  const plans = useAugmentPlans(versionId, mode, true);
  if (plans.isPending) return <Loading text="Looking at what is known of the images …" />;
  if (plans.isError) return <p className="mt-3 text-sm text-bad">{toFoundryError(plans.error).message}</p>;
  return (
    <div className="mt-3 flex flex-col gap-4">
      <p className="text-sm text-quiet">
        Training never sees a crop twice in the same way: it is turned, and varied as another microscope, lens
        or slide could have shown it. What is plausible is told by the metadata of the images.
      </p>
      <Samples versionId={versionId} mode={mode} />
      {plans.data.plans.map((plan) => (
        <Plan key={plan.family} plan={plan} />
      ))}
    </div>
  );
}

function Samples({ versionId, mode }: { versionId: string; mode: AugmentMode }): ReactNode {
  const [seed, setSeed] = useState(0);
  const [outlines, setOutlines] = useState(false);
  const [shown, setShown] = useState("");
  const [failed, setFailed] = useState(false);
  const url = augmentPictureUrl(versionId, { seed, mode, outlines });
  return (
    <figure className="flex flex-col gap-2">
      <img
        src={url}
        alt="Sample crops in rows: first as taken, then varied in six ways"
        className="w-full rounded-md border border-edge [image-rendering:pixelated]"
        aria-busy={shown !== url}
        onLoad={() => {
          setShown(url);
          setFailed(false);
        }}
        onError={() => {
          setShown(url);
          setFailed(true);
        }}
      />
      <figcaption className="flex flex-wrap items-center gap-3 text-sm text-quiet">
        <span className="grow">
          {failed ? "The samples could not be drawn." : "Left: the image as it is. Then samples of it."}
        </span>
        <label className="flex items-center gap-1.5">
          <input
            type="checkbox"
            className="accent-accent"
            checked={outlines}
            onChange={(event) => setOutlines(event.target.checked)}
          />
          Outlines
        </label>
        <Button size="small" busy={shown !== url} onClick={() => setSeed(seed + 1)}>
          Again
        </Button>
      </figcaption>
    </figure>
  );
}

function Plan({ plan }: { plan: AugmentPlanInWords }): ReactNode {
  return (
    <section className="flex flex-col gap-1.5 text-sm">
      <h3 className="font-medium">
        {plan.title} <span className="font-normal text-quiet">({plural(plan.images, "training image")})</span>
      </h3>
      <p className="text-quiet">{plan.reason}</p>
      <p className="text-quiet">{plan.geometry}</p>
      {plan.changes.length > 0 && (
        <ul className="flex flex-col gap-1.5">
          {plan.changes.map(({ name, about, often, strengths, why }) => (
            <li key={name} className="border-l-2 border-edge pl-2">
              <span>{sentence(about)}</span>{" "}
              <span className="text-quiet">
                {often}
                {strengths.length === 0 ? "" : `: ${strengths.join("; ")}`}. {why}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
