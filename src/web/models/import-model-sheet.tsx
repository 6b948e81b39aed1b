/** Import a model from elsewhere: choose the file, see what it is and how its test went, then import it as a candidate. */

import { type ReactNode, useState } from "react";
import type { ModelImport, ModelVersion } from "#api/index.ts";
import { type ModelImportChoices, useImportModel, useInspectModel } from "../client/index.ts";
import {
  Button,
  Choice,
  Facts,
  Field,
  formatBytes,
  formatCount,
  ProblemText,
  Sheet,
  tell,
} from "../ui/index.ts";

/** Not empty: an empty value means that nothing is chosen. */
const AUTO = "auto";

const adapterItems = [
  { value: AUTO, label: "As the file says" },
  { value: "foreground", label: "Foreground, with or without borders", note: "Cells are cut by watershed" },
  { value: "stardist", label: "StarDist", note: "Probability and rays" },
  { value: "cellpose", label: "Cellpose", note: "Flows and cell probability" },
  { value: "deepWatershed", label: "Inner distance and foreground" },
];

const compartmentItems = [
  { value: AUTO, label: "As the file says" },
  { value: "nuclear", label: "Nuclei" },
  { value: "wholeCell", label: "Whole cells" },
  { value: "cytoplasm", label: "Cytoplasm" },
];

const nothingChosen: ModelImportChoices = { adapter: "", compartment: "", licence: "", name: "" };

export function ImportModelSheet({
  projectId,
  open,
  onClose,
  onImported,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
  onImported: (version: ModelVersion) => void;
}): ReactNode {
  const inspect = useInspectModel(projectId);
  const start = useImportModel(projectId);
  const [file, setFile] = useState<File | null>(null);
  const [choices, setChoices] = useState(nothingChosen);
  const look = (next: File | null, chosen: ModelImportChoices) => {
    setFile(next);
    setChoices(chosen);
    start.reset();
    if (next === null) inspect.reset();
    else
      inspect.mutate({ file: next, choices: { adapter: chosen.adapter, compartment: chosen.compartment } });
  };
  const close = () => {
    look(null, nothingChosen);
    onClose();
  };
  const model = inspect.data;
  const submit = () => {
    if (file === null) return;
    start.mutate(
      { file, choices },
      {
        onSuccess: ({ modelVersion }) => {
          close();
          tell(
            `Imported ${modelVersion.name} ${modelVersion.version}`,
            "It is a candidate; evaluate it before you release it.",
          );
          onImported(modelVersion);
        },
      },
    );
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title="Import a model"
      description="A BioImage.IO package (.zip) or an ONNX file. It is checked and tried out before anything is stored."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            look="primary"
            disabled={model === undefined || model.test.state === "failed" || inspect.isPending}
            busy={start.isPending}
            onClick={submit}
          >
            Import as candidate
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <Field label="Model file">
          {(ids) => (
            <input
              {...ids}
              type="file"
              accept=".zip,.onnx"
              className="control w-full"
              onChange={(event) => look(event.target.files?.[0] ?? null, nothingChosen)}
            />
          )}
        </Field>
        {inspect.isPending && (
          <p role="status" className="text-sm text-quiet">
            Checking the file and running the model once, apart from everything else …
          </p>
        )}
        {inspect.isError && <ProblemText error={inspect.error} />}
        {model !== undefined && !inspect.isPending && <DryRun model={model} />}
        {file !== null && (
          <Choices
            model={model}
            choices={choices}
            busy={inspect.isPending}
            onLook={(next) => look(file, next)}
            onChange={setChoices}
          />
        )}
        {start.isError && <ProblemText error={start.error} />}
      </div>
    </Sheet>
  );
}

const sources: Record<ModelImport["source"], string> = {
  bioimageio: "BioImage.IO package",
  cellfoundry: "model of Cell Foundry",
  onnx: "ONNX file",
};

const shapeText = (shape: readonly (number | string | null)[]): string =>
  shape.map((size) => size ?? "?").join(" × ");

function testText({ test }: ModelImport): string {
  if (test.state === "none") return "none in the file; it ran without fault";
  const difference =
    test.largestDifference === null ? "of another shape" : test.largestDifference.toExponential(1);
  return test.state === "passed"
    ? `reproduced (largest difference ${difference})`
    : `not reproduced (largest difference ${difference}); the package may be damaged`;
}

function DryRun({ model }: { model: ModelImport }): ReactNode {
  const ports = (list: ModelImport["inputs"]): string =>
    list.map(({ name, shape }) => `${name}: ${shapeText(shape)}`).join("; ");
  return (
    <section aria-label="What the file is" className="flex flex-col gap-3">
      <div>
        <h3 className="font-semibold">{model.title}</h3>
        {model.description !== "" && <p className="text-sm text-quiet">{model.description}</p>}
      </div>
      <Facts
        rows={[
          ["Kind", sources[model.source]],
          ["Licence", model.licence === "unknown" ? "not stated" : model.licence],
          ["Authors", model.authors.length === 0 ? "not stated" : model.authors.join(", ")],
          ["Inputs", ports(model.inputs)],
          ["Outputs", ports(model.outputs)],
          ["Channels", model.channels.join(", ")],
          [
            "Outlines",
            model.compartments
              .map((one) => (one === "wholeCell" ? "whole cells" : one === "nuclear" ? "nuclei" : one))
              .join(", "),
          ],
          [
            "Cells from",
            model.adapter === null
              ? "its own contract"
              : (adapterItems.find(({ value }) => value === model.adapter)?.label ?? model.adapter),
          ],
          ["Network", `${formatCount(model.parameters)} parameters, ${formatCount(model.nodes)} nodes`],
          ["Test", testText(model)],
          ["One tile", `${model.test.seconds.toFixed(2)} s, ${formatBytes(model.test.memoryBytes)}`],
        ]}
      />
      {model.notes.length > 0 && (
        <ul className="list-disc pl-5 text-sm text-quiet">
          {model.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Choices({
  model,
  choices,
  busy,
  onLook,
  onChange,
}: {
  model: ModelImport | undefined;
  choices: ModelImportChoices;
  busy: boolean;
  /** Choices that need another look at the file. */
  onLook: (choices: ModelImportChoices) => void;
  onChange: (choices: ModelImportChoices) => void;
}): ReactNode {
  const picked = (value: string): string => (value === AUTO ? "" : value);
  return (
    <fieldset disabled={busy} className="flex flex-col gap-4">
      {model?.source !== "cellfoundry" && (
        <>
          <Choice
            label="How its answer becomes cells"
            items={adapterItems}
            value={choices.adapter === "" ? AUTO : choices.adapter}
            onChange={(value) => onLook({ ...choices, adapter: picked(value) })}
          />
          <Choice
            label="What it outlines"
            items={compartmentItems}
            value={choices.compartment === "" ? AUTO : choices.compartment}
            onChange={(value) => onLook({ ...choices, compartment: picked(value) })}
          />
        </>
      )}
      {model !== undefined && (
        <Field label="Name" hint="A name that exists gets a new version.">
          {(ids) => (
            <input
              {...ids}
              pattern="[a-z0-9][a-z0-9\-]*"
              maxLength={63}
              spellCheck={false}
              className="control w-full"
              placeholder={model.name}
              value={choices.name}
              onChange={(event) => onChange({ ...choices, name: event.target.value })}
            />
          )}
        </Field>
      )}
      {model?.licence === "unknown" && (
        <Field
          label="Licence"
          hint="The file states none. Ask its authors; an SPDX name such as MIT or CC-BY-4.0."
        >
          {(ids) => (
            <input
              {...ids}
              maxLength={200}
              className="control w-full"
              value={choices.licence}
              onChange={(event) => onChange({ ...choices, licence: event.target.value })}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}
