/** Sliders for how the network's maps become cells: thresholds and smallest size, with the way back to the model's own. */

import type { ReactNode } from "react";
import { Button } from "../ui/index.ts";
import type { SliderSettings } from "./private-settings.ts";

interface SliderFacts {
  readonly name: keyof SliderSettings;
  readonly label: string;
  readonly hint: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit: string;
}

/** Values where the effect lies; the ends are "everything" and "nothing" for every model seen so far. */
const sliders: readonly SliderFacts[] = [
  {
    name: "foregroundThreshold",
    label: "Cell threshold",
    hint: "Higher: outlines draw in, faint cells go",
    min: 0.05,
    max: 0.95,
    step: 0.01,
    unit: "",
  },
  {
    name: "seedThreshold",
    label: "Centre threshold",
    hint: "Higher: fewer centres, less is cut in two",
    min: 0.05,
    max: 0.95,
    step: 0.01,
    unit: "",
  },
  {
    name: "areaPxMin",
    label: "Smallest object",
    hint: "Smaller ones are dropped",
    min: 0,
    max: 400,
    step: 4,
    unit: " px",
  },
];

export function PostprocessingSliders({
  settings,
  own,
  onChange,
}: {
  settings: SliderSettings;
  /** The model's values. */
  own: SliderSettings;
  onChange: (settings: SliderSettings) => void;
}): ReactNode {
  const changed = sliders.some(({ name }) => settings[name] !== own[name]);
  return (
    <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
      {sliders.map(({ name, label, hint, min, max, step, unit }) => (
        <label key={name} className="flex flex-col gap-1" title={hint}>
          <span className="flex justify-between gap-4 text-sm">
            {label}
            <span className="text-quiet">
              {step < 1 ? settings[name].toFixed(2) : settings[name]}
              {unit}
            </span>
          </span>
          <input
            type="range"
            aria-label={label}
            aria-description={hint}
            className="w-44 accent-accent"
            min={min}
            max={max}
            step={step}
            value={settings[name]}
            onChange={(event) => onChange({ ...settings, [name]: Number(event.target.value) })}
          />
        </label>
      ))}
      <Button size="small" disabled={!changed} onClick={() => onChange(own)}>
        As the model says
      </Button>
    </div>
  );
}
