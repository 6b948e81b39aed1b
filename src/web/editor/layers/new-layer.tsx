/**
 * A new label layer of the image: what it holds, what it is called, and whether its cells may overlap.
 *
 * The last is said here and never changed, so the words beside it say what comes of it. The first layer of a kind needs no
 * name; it is the one that datasets are frozen from.
 */

import { Plus } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { type ImageDetail, type LayerSummary, layerNameMax } from "#api/index.ts";
import { useCan, useNewLayer } from "../../client/index.ts";
import { Button, Choice, Field, ProblemText } from "../../ui/index.ts";
import { compartments, compartmentText } from "./layer-words.ts";

interface NewLayerProps {
  readonly image: Pick<ImageDetail, "id" | "layers">;
  /** May be younger than what the page knows of the image. */
  readonly edited: LayerSummary;
  /** Edits the layer that was made. */
  readonly onMade: (layer: LayerSummary) => void;
}

export function NewLayer({ image, edited, onMade }: NewLayerProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  if (!useCan("annotator")) return null;
  if (isOpen) {
    const layers = [edited, ...image.layers];
    return <NewLayerForm imageId={image.id} layers={layers} onMade={onMade} onClose={() => setOpen(false)} />;
  }
  return (
    <Button size="small" className="self-start" onClick={() => setOpen(true)} data-testid="new-layer">
      <Plus aria-hidden="true" className="size-3.5" /> New layer
    </Button>
  );
}

function NewLayerForm({
  imageId,
  layers,
  onMade,
  onClose,
}: {
  imageId: string;
  layers: readonly LayerSummary[];
  onMade: (layer: LayerSummary) => void;
  onClose: () => void;
}): ReactNode {
  const [compartment, setCompartment] = useState<LayerSummary["compartment"]>(
    () => compartments.find((one) => !hasMain(layers, one)) ?? "nuclear",
  );
  const [name, setName] = useState("");
  const [overlapAllowed, setOverlapAllowed] = useState(false);
  const make = useNewLayer(imageId);
  const wanted = name.trim();
  const isTaken = layers.some((one) => one.compartment === compartment && one.name === wanted);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isTaken || make.isPending) return;
    make.mutate(
      { compartment, name: wanted, overlapAllowed },
      {
        onSuccess: (layer) => {
          onClose();
          onMade(layer);
        },
      },
    );
  };
  return (
    <form className="flex flex-col gap-3 rounded-md border border-line p-3" onSubmit={submit}>
      <h3 className="font-semibold">New layer</h3>
      <Choice
        label="Holds"
        items={compartments.map((one) => ({ value: one, label: compartmentText(one) }))}
        value={compartment}
        onChange={(next) => setCompartment(next as LayerSummary["compartment"])}
      />
      <Field
        label="Name"
        hint={hasMain(layers, compartment) ? "To tell it from the others of its kind." : "May stay empty."}
        error={isTaken && wanted !== "" ? "There is a layer of this name already." : undefined}
      >
        {(ids) => (
          <input
            {...ids}
            className="control"
            maxLength={layerNameMax}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <label className="grid grid-cols-[auto_1fr] items-baseline gap-x-2 text-sm">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={overlapAllowed}
          onChange={(event) => setOverlapAllowed(event.currentTarget.checked)}
        />
        Cells may overlap
        <span className="col-start-2 text-xs text-quiet">
          For cells that lie on each other. Cannot be changed later. Pictures of labels show the newer cell on
          top.
        </span>
      </label>
      {make.error !== null && <ProblemText error={make.error} />}
      <div className="flex gap-2">
        <Button type="submit" size="small" disabled={isTaken} busy={make.isPending}>
          Make layer
        </Button>
        <Button look="quiet" size="small" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

const hasMain = (layers: readonly LayerSummary[], compartment: LayerSummary["compartment"]): boolean =>
  layers.some((layer) => layer.compartment === compartment && layer.name === "");
