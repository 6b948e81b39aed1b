/** One channel: shown or not, colour, histogram with its limits, and gamma and inversion on demand. */

import { SlidersHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Rgb } from "#core/labels/index.ts";
import { Button, IconButton } from "../../ui/index.ts";
import type { Limits } from "../pixels/contrast.ts";
import type { ChannelHistogram } from "../pixels/histogram.ts";
import type { ChannelLook } from "../session/look.ts";
import { ChannelPlot } from "./channel-plot.tsx";
import { PairSlider, ValueSlider } from "./range.tsx";

/** Gamma by powers of two: a step to the left undoes one to the right. */
const gammaLogMax = 2.5;

export function ChannelRow({
  channel,
  histogram,
  alone,
  onChange,
}: {
  channel: ChannelLook;
  histogram: ChannelHistogram | null;
  alone: boolean;
  onChange: (patch: Partial<ChannelLook>) => void;
}): ReactNode {
  const [more, setMore] = useState(false);
  const [low, high] = channel.limits;
  const span = channel.range[1] - channel.range[0];
  const whole = span >= 20 && Number.isInteger(channel.range[0]);
  const isAutomatic = low === channel.automatic[0] && high === channel.automatic[1];
  const take = (limits: Limits): void =>
    onChange({
      limits: whole
        ? [Math.round(limits[0]), Math.max(Math.round(limits[0]) + 1, Math.round(limits[1]))]
        : limits,
    });
  return (
    <div className="flex flex-col gap-1 text-sm">
      <div className="flex items-center gap-2">
        {!alone && (
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            aria-label={`Show ${channel.name}`}
            checked={channel.visible}
            onChange={(event) => onChange({ visible: event.currentTarget.checked })}
          />
        )}
        <input
          type="color"
          aria-label={`Colour of ${channel.name}`}
          className="size-4 shrink-0 appearance-none overflow-hidden rounded-full border border-edge p-0 [&::-moz-color-swatch]:border-0 [&::-webkit-color-swatch]:border-0 [&::-webkit-color-swatch-wrapper]:p-0"
          value={hexOf(channel.colour)}
          onChange={(event) => onChange({ colour: rgbOf(event.currentTarget.value) })}
        />
        <span className="min-w-0 flex-1 truncate" title={channel.name}>
          {channel.name}
        </span>
        <span className="text-quiet">
          {numberText(low, whole)}–{numberText(high, whole)}
        </span>
        <Button
          size="small"
          look="quiet"
          disabled={isAutomatic}
          aria-label={`Auto contrast of ${channel.name}`}
          onClick={() => onChange({ limits: channel.automatic })}
        >
          Auto
        </Button>
        <IconButton
          label={`Gamma and inversion of ${channel.name}`}
          className="size-6!"
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          <SlidersHorizontal aria-hidden="true" className="size-3.5" />
        </IconButton>
      </div>
      <div className="px-1.5">
        <ChannelPlot channel={channel} histogram={histogram} onLimits={take} />
      </div>
      <PairSlider
        label={`Contrast of ${channel.name}`}
        value={channel.limits}
        range={channel.range}
        step={whole ? 1 : span / 500}
        onChange={(limits) => onChange({ limits })}
      />
      {more && <Response channel={channel} onChange={onChange} />}
    </div>
  );
}

function Response({
  channel,
  onChange,
}: {
  channel: ChannelLook;
  onChange: (patch: Partial<ChannelLook>) => void;
}): ReactNode {
  return (
    <div className="flex flex-col gap-1 pl-6">
      <ValueSlider
        label="Gamma"
        value={Math.log2(channel.gamma)}
        min={-gammaLogMax}
        max={gammaLogMax}
        step={0.05}
        text={(log) => (2 ** log).toFixed(2)}
        onChange={(log) => onChange({ gamma: 2 ** log })}
      />
      <div className="flex items-center gap-4">
        <label className="inline-flex items-center gap-1.5">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={channel.inverted}
            onChange={(event) => onChange({ inverted: event.currentTarget.checked })}
          />
          Inverted
        </label>
        <Button
          size="small"
          look="quiet"
          disabled={channel.gamma === 1 && !channel.inverted}
          onClick={() => onChange({ gamma: 1, inverted: false })}
        >
          Reset
        </Button>
      </div>
    </div>
  );
}

const numberText = (value: number, whole: boolean): string =>
  whole ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

const hexOf = (colour: Rgb): string =>
  `#${colour.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
