/** What the file does not say and the model must know: pages, frame, focal plane, channels, pixel size. */

import { type ReactNode, useState } from "react";
import { type InputContract, SCALE_MAX, SCALE_MIN } from "#nn/index.ts";
import { Button, Choice, Field } from "../ui/index.ts";
import type { PageAxis, PlaneChoice, PrivateImage } from "./private-protocol.ts";
import { firstChoice, questionsFor } from "./private-questions.ts";

const axisWords: Readonly<Record<PageAxis, string>> = {
  t: "Frames of a movie",
  z: "Focal planes",
  c: "Channels",
};

/** Pixel sizes outside are typing errors: below, no microscope resolves; above, no cell is seen. */
const MPP_MIN = 0.01;
const MPP_MAX = 100;

export function PrivateForm({
  image,
  contract,
  onPages,
  onPredict,
}: {
  image: PrivateImage;
  contract: InputContract;
  /** Reads the file again with its pages taken for this axis. */
  onPages: (axis: PageAxis) => void;
  onPredict: (choice: PlaneChoice) => void;
}): ReactNode {
  const [choice, setChoice] = useState(() => firstChoice(image, contract));
  const [mpp, setMpp] = useState(image.mpp === null ? "" : String(image.mpp.y));
  const questions = questionsFor(image, contract);
  const size = Number(mpp.replace(",", "."));
  const [scale, setScale] = useState("");
  const factor = Number(scale.replace(",", "."));
  const scaleWrong = scale !== "" && !(factor >= SCALE_MIN && factor <= SCALE_MAX);
  const mppWrong = mpp !== "" && !(size >= MPP_MIN && size <= MPP_MAX);
  const submit = () => {
    if (mppWrong || scaleWrong) return;
    const own = image.mpp !== null && mpp === String(image.mpp.y);
    onPredict({
      ...choice,
      mpp: own ? image.mpp : mpp === "" ? null : { y: size, x: size },
      scale: scale === "" ? "auto" : factor,
    });
  };
  return (
    <form
      className="flex max-w-md flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {image.pages !== null && (
        <Choice
          label={`The file does not say what its ${image.pages.count} pages are`}
          items={(["z", "t", "c"] as const).map((axis) => ({ value: axis, label: axisWords[axis] }))}
          value={image.pages.axis}
          onChange={(axis) => onPages(axis as PageAxis)}
        />
      )}
      {questions.frame && (
        <Place
          label="Frame"
          count={image.frames}
          value={choice.t}
          onChange={(t) => setChoice({ ...choice, t })}
        />
      )}
      {questions.plane && (
        <Place
          label="Focal plane"
          count={image.planes}
          value={choice.z}
          onChange={(z) => setChoice({ ...choice, z })}
        />
      )}
      {questions.roles.map(({ role, required }, i) => (
        <Choice
          key={role}
          label={`Channel for the model's ${role} input`}
          items={channelItems(image, required)}
          value={String(choice.channels?.[i] ?? "none")}
          onChange={(chosen) =>
            setChoice({
              ...choice,
              channels: (choice.channels ?? []).map((now, k) =>
                k !== i ? now : chosen === "none" ? null : Number(chosen),
              ),
            })
          }
        />
      ))}
      {contract.mpp !== null && (
        <Field
          label="Pixel size, µm"
          hint={`The model was made for ${contract.mpp.y} µm; an image of another size is resampled. Empty: as it is.`}
          error={mppWrong ? `A number from ${MPP_MIN} to ${MPP_MAX}.` : undefined}
        >
          {(ids) => (
            <input
              {...ids}
              className="control w-32"
              inputMode="decimal"
              value={mpp}
              onChange={(event) => setMpp(event.target.value.trim())}
            />
          )}
        </Field>
      )}
      <Field
        label="Scale"
        hint="How many times larger the model shall see the image. Empty: by pixel size, else by the size of the cells."
        error={scaleWrong ? `A number from ${SCALE_MIN} to ${SCALE_MAX}.` : undefined}
      >
        {(ids) => (
          <input
            {...ids}
            className="control w-32"
            inputMode="decimal"
            placeholder="Automatic"
            value={scale}
            onChange={(event) => setScale(event.target.value.trim())}
          />
        )}
      </Field>
      <Button type="submit" look="primary" className="self-start">
        Segment
      </Button>
    </form>
  );
}

/** A frame or plane by number, counted from 1 as microscopes do. */
function Place({
  label,
  count,
  value,
  onChange,
}: {
  label: string;
  count: number;
  value: number;
  onChange: (index: number) => void;
}): ReactNode {
  return (
    <Field label={`${label}, 1 to ${count}`}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          className="control w-32"
          min={1}
          max={count}
          value={value + 1}
          onChange={(event) =>
            onChange(Math.min(count, Math.max(1, Math.round(Number(event.target.value)))) - 1)
          }
        />
      )}
    </Field>
  );
}

function channelItems(image: PrivateImage, required: boolean) {
  const items = image.channels.map(({ name }, c) => ({
    value: String(c),
    label: name === "" ? `Channel ${c + 1}` : `${name} (channel ${c + 1})`,
  }));
  return required ? items : [...items, { value: "none", label: "None" }];
}
