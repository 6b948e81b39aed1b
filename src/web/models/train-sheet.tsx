/** Train: on which data, how long, from where; the rest is advanced and has good defaults. */

import { Link } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import type { Dataset, DatasetVersion, Model } from "#api/index.ts";
import { architectureFamily } from "#nn/architectures.ts";
import { useDatasets, useModels, useTrain } from "../client/index.ts";
import { totals } from "../datasets/change-sentence.ts";
import { SplitBar } from "../datasets/split-picture.tsx";
import {
  Button,
  buttonClass,
  Choice,
  Empty,
  Field,
  formatDuration,
  Loading,
  plural,
  Sheet,
  tell,
} from "../ui/index.ts";
import { AugmentPreview } from "./augment-preview.tsx";
import { baseItems, newestReleased } from "./model-choice.ts";

/** The slider's stops in minutes: each about twice the last, because that is what makes a difference. */
const minuteStops = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480];
/** Not empty: an empty value means that nothing is chosen. */
const SCRATCH = "scratch";

export function TrainSheet({
  projectId,
  open,
  onClose,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const datasets = useDatasets(projectId);
  const models = useModels(projectId);
  const train = useTrain(projectId);
  const versions = newestVersions(datasets.data?.datasets ?? []);
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title="Train a model"
      description="Runs in the background. Validation images guide it; test images are looked at once, at the end."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form="train"
            disabled={versions.length === 0}
            busy={train.isPending}
          >
            Start training
          </Button>
        </>
      }
    >
      {datasets.isPending || models.isPending ? (
        <Loading text="Reading datasets and models …" />
      ) : versions.length === 0 ? (
        <Empty
          title="There is nothing to train on yet"
          action={
            <Link to="/p/$projectId/datasets" params={{ projectId }} className={buttonClass("primary")}>
              Freeze a dataset version
            </Link>
          }
        >
          A model learns from a frozen dataset version, so that one can always say what it has seen.
        </Empty>
      ) : (
        <TrainForm
          versions={versions}
          models={models.data?.models ?? []}
          onSubmit={(body) =>
            train.mutate(body, {
              onSuccess: () => {
                onClose();
                tell("Training has started", "The curve appears on this page. Go on working meanwhile.");
              },
            })
          }
        />
      )}
    </Sheet>
  );
}

function newestVersions(datasets: readonly Dataset[]): DatasetVersion[] {
  return datasets.flatMap((dataset) => dataset.versions).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

function TrainForm({
  versions,
  models,
  onSubmit,
}: {
  versions: readonly DatasetVersion[];
  models: readonly Model[];
  onSubmit: (body: Parameters<ReturnType<typeof useTrain>["mutate"]>[0]) => void;
}): ReactNode {
  const [versionId, setVersionId] = useState(versions[0]?.id ?? "");
  const [name, setName] = useState(
    models.find((model) => model.versions.some((v) => v.dataset !== null))?.name ?? versions[0]?.name ?? "",
  );
  const [stop, setStop] = useState(minuteStops.indexOf(10));
  const [seed, setSeed] = useState("0");
  const [base, setBase] = useState(newestReleased(models)?.id ?? SCRATCH);
  const [architecture, setArchitecture] = useState("unet-16");
  const dataset = versions.find((version) => version.id === versionId);
  const minutes = minuteStops[stop] ?? 10;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({
      datasetVersionId: versionId,
      modelName: name,
      minutes,
      seed: Number(seed),
      ...(base === SCRATCH ? { architecture } : { baseModelVersionId: base }),
    });
  };

  return (
    <form id="train" onSubmit={submit} className="flex flex-col gap-5">
      <Choice
        label="Dataset version"
        items={versions.map((version) => ({
          value: version.id,
          label: `${version.name}@${version.version}`,
          note: `${plural(totals(version.split).images, "image")}, ${plural(totals(version.split).cells, "cell")}`,
        }))}
        value={versionId}
        onChange={setVersionId}
      />
      {dataset !== undefined && (
        <div className="-mt-3 flex flex-col gap-1 text-sm text-quiet">
          <SplitBar split={dataset.split} slim />
          Learns from {plural(dataset.split.train.images, "image")} with{" "}
          {plural(dataset.split.train.cells, "cell")}; {plural(dataset.split.test.groups, "group")} held out
          for the test.
        </div>
      )}
      <Field label="Model name" hint="A name that exists gets a new version.">
        {(ids) => (
          <input
            {...ids}
            required
            pattern="[a-z0-9][a-z0-9\-]*"
            maxLength={64}
            spellCheck={false}
            title="Lower-case letters, digits and hyphens"
            className="control w-full"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field
        label={`${base === SCRATCH ? "Time" : "Time at most"}: ${formatDuration(minutes * 60_000)}`}
        hint={base === SCRATCH ? timeWords(minutes) : fineTuningWords(minutes)}
      >
        {(ids) => (
          <input
            {...ids}
            type="range"
            min={0}
            max={minuteStops.length - 1}
            step={1}
            aria-valuetext={formatDuration(minutes * 60_000)}
            className="w-full accent-accent"
            value={stop}
            onChange={(event) => setStop(Number(event.target.value))}
          />
        )}
      </Field>
      <Choice
        label="Start from"
        items={[
          { value: SCRATCH, label: "Nothing (random weights)", note: "For images unlike any before" },
          ...baseItems(models),
        ]}
        value={base}
        onChange={setBase}
      />
      <AugmentPreview versionId={versionId} />
      <details className="rounded-md">
        <summary className="rounded-md text-sm text-quiet hover:text-ink">Advanced</summary>
        <div className="mt-3 flex flex-col gap-4">
          {base === SCRATCH && (
            <Choice
              label="Network"
              items={architectureFamily.map(({ name, about, parameters }) => ({
                value: name,
                label: `${name} (${((4 * parameters) / 1e6).toFixed(1)} MB)`,
                note: about,
              }))}
              value={architecture}
              onChange={setArchitecture}
            />
          )}
          <Field
            label="Seed"
            hint="The same data, steps, seed and device give the same weights, byte for byte."
          >
            {(ids) => (
              <input
                {...ids}
                type="number"
                min={0}
                max={0xffffffff}
                step={1}
                className="control w-40"
                value={seed}
                onChange={(event) => setSeed(event.target.value)}
              />
            )}
          </Field>
        </div>
      </details>
    </form>
  );
}

/** The rate and the number of steps are found within the time, so it is an upper end. */
function fineTuningWords(minutes: number): string {
  const found = "Learning rate and steps are chosen on groups that are held out.";
  return minutes < 2 ? `${found} Very short: small gains go unseen.` : found;
}

function timeWords(minutes: number): string {
  if (minutes < 2) return "Only to see that everything works.";
  if (minutes <= 5) return "A first look: large errors go, fine borders do not.";
  if (minutes <= 15) return "Good for a few dozen images on a laptop.";
  if (minutes <= 60) return "For hundreds of images, or to win the last few percent.";
  return "For thousands of images; best over night.";
}
