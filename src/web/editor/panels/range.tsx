/** Sliders of the panel: one value or a pair, in the page's looks. */

import { Slider } from "@base-ui/react/slider";
import type { ReactNode } from "react";

const thumbClass =
  "size-3.5 rounded-full border border-edge bg-raised shadow-sm focus-within:outline-2 focus-within:outline-accent";

export function ShareSlider({
  label,
  value,
  onChange,
  testId,
}: {
  label: string;
  /** 0..1 */
  value: number;
  onChange: (value: number) => void;
  testId?: string;
}): ReactNode {
  return (
    <Slider.Root
      value={Math.round(value * 100)}
      onValueChange={(next) => onChange(next / 100)}
      className="grid grid-cols-[5rem_1fr_2.5rem] items-center gap-3 text-sm"
      data-testid={testId}
    >
      <Slider.Label>{label}</Slider.Label>
      <Slider.Control className="flex h-6 touch-none items-center select-none">
        <Slider.Track className="h-1 w-full rounded-full bg-line">
          <Slider.Indicator className="rounded-full bg-accent" />
          <Slider.Thumb className={thumbClass} aria-label={label} />
        </Slider.Track>
      </Slider.Control>
      <Slider.Value className="text-right text-quiet">{(_, values) => `${values[0] ?? 0} %`}</Slider.Value>
    </Slider.Root>
  );
}

/** One number with its unit. Without a value it keeps its place and cannot be moved. */
export function ValueSlider({
  label,
  value,
  min,
  max,
  step,
  text,
  onChange,
}: {
  label: string;
  value: number | null;
  min: number;
  max: number;
  step: number;
  /** The value as it is read, with its unit. */
  text: (value: number) => string;
  onChange: (value: number) => void;
}): ReactNode {
  const said = value === null ? "–" : text(value);
  return (
    <Slider.Root
      value={Math.min(max, Math.max(min, value ?? min))}
      disabled={value === null}
      min={min}
      max={max}
      step={step}
      onValueChange={onChange}
      className="grid grid-cols-[5rem_1fr_4.5rem] items-center gap-3 text-sm"
    >
      <Slider.Label>{label}</Slider.Label>
      <Slider.Control className="flex h-6 data-disabled:opacity-55 touch-none items-center select-none">
        <Slider.Track className="h-1 w-full rounded-full bg-line">
          <Slider.Indicator className="rounded-full bg-accent" />
          <Slider.Thumb className={thumbClass} aria-label={label} getAriaValueText={() => said} />
        </Slider.Track>
      </Slider.Control>
      <span className="text-right text-quiet">{said}</span>
    </Slider.Root>
  );
}

export function PairSlider({
  label,
  value,
  range,
  step,
  onChange,
}: {
  label: string;
  value: readonly [number, number];
  range: readonly [number, number];
  step: number;
  onChange: (value: [number, number]) => void;
}): ReactNode {
  return (
    <Slider.Root
      value={[value[0], value[1]]}
      min={Math.min(range[0], value[0])}
      max={Math.max(range[1], value[1])}
      step={step}
      minStepsBetweenValues={1}
      thumbCollisionBehavior="none"
      onValueChange={(next) => onChange([next[0] as number, next[1] as number])}
      aria-label={label}
    >
      <Slider.Control className="flex h-6 touch-none items-center px-1.5 select-none">
        <Slider.Track className="h-1 w-full rounded-full bg-line">
          <Slider.Indicator className="rounded-full bg-accent" />
          <Slider.Thumb index={0} className={thumbClass} aria-label={`${label}, black at`} />
          <Slider.Thumb index={1} className={thumbClass} aria-label={`${label}, full colour at`} />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}
