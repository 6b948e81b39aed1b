/** What each tool of drafts is set by. Every setting has a key too: `[` and `]`, and the tool's key once more. */

import { type ReactNode, useId } from "react";
import { Choice, Field } from "../../ui/index.ts";
import type { CarryWay } from "../model/carry.ts";
import type { DraftSettings, PixelMpp } from "../model/draft.ts";
import { carryCountMax, growStep } from "../model/draft-steps.ts";
import type { Drafts, DraftsState } from "../session/drafts.ts";
import type { ChannelLook } from "../session/look.ts";
import { ValueSlider } from "./range.tsx";

export interface Parts {
  readonly draft: DraftsState;
  readonly drafts: Drafts;
  readonly channels: readonly ChannelLook[];
  readonly mpp: PixelMpp | null;
}

export function FloodControls(parts: Parts): ReactNode {
  const { draft, drafts } = parts;
  const { over } = draft.settings;
  const [low, high] = draft.range ?? [0, 1];
  return (
    <>
      <Either
        label="Fill"
        value={over}
        items={[
          ["picture", "What looks alike"],
          ["background", "The background"],
        ]}
        onChange={(next) => drafts.change({ over: next })}
      />
      {over === "picture" && <ChannelChoice {...parts} />}
      {over === "picture" && (
        <ValueSlider
          label="Tolerance"
          value={draft.value}
          min={0}
          max={high - low}
          step={stepOf(high - low)}
          text={(value) => `± ${numberText(value)}`}
          onChange={(tolerance) => drafts.change({ tolerance })}
        />
      )}
    </>
  );
}

export function ThresholdControls(parts: Parts): ReactNode {
  const { draft, drafts } = parts;
  const { level, cells, areaPxMin } = draft.settings;
  const [low, high] = draft.range ?? [0, 1];
  return (
    <>
      <Either
        label="Cells are"
        value={cells}
        items={[
          ["bright", "Bright"],
          ["dark", "Dark"],
        ]}
        onChange={(next) => drafts.change({ cells: next })}
      />
      <ChannelChoice {...parts} />
      <Either
        label="Level"
        value={level === null ? "otsu" : "own"}
        items={[
          ["otsu", "Found (Otsu)"],
          ["own", "Chosen"],
        ]}
        onChange={(next) => drafts.change({ level: next === "otsu" ? null : (draft.value ?? low) })}
      />
      <ValueSlider
        label="Brightness"
        value={draft.value}
        min={low}
        max={high}
        step={stepOf(high - low)}
        text={numberText}
        onChange={(next) => drafts.change({ level: next })}
      />
      <NumberField
        label="Smallest cell, px"
        value={areaPxMin}
        min={1}
        step={1}
        onChange={(next) => drafts.change({ areaPxMin: next ?? 1 })}
      />
    </>
  );
}

export function SeedsControls(parts: Parts): ReactNode {
  const { draft, drafts } = parts;
  return (
    <>
      <Either
        label="Part by"
        value={draft.settings.seedsOver}
        items={[
          ["distance", "Shape"],
          ["intensity", "Picture"],
        ]}
        onChange={(seedsOver) => drafts.change({ seedsOver })}
      />
      {draft.settings.seedsOver === "intensity" && <ChannelChoice {...parts} />}
    </>
  );
}

export function GrowControls({ draft, drafts, mpp }: Parts): ReactNode {
  const { growBy, unit } = draft.settings;
  const step = growStep(unit, mpp);
  return (
    <>
      <UnitChoice draft={draft} drafts={drafts} mpp={mpp} square={false} />
      <ValueSlider
        label="By"
        value={growBy}
        min={-10 * step}
        max={10 * step}
        step={step}
        text={(value) => `${value > 0 ? "+" : ""}${numberText(value)} ${unitText(unit)}`}
        onChange={(next) => drafts.change({ growBy: Number(next.toPrecision(6)) })}
      />
    </>
  );
}

export function BulkControls({ draft, drafts, mpp }: Parts): ReactNode {
  const { below, above, atEdge, unit } = draft.settings;
  const text = `${unitText(unit)}²`;
  return (
    <>
      <UnitChoice draft={draft} drafts={drafts} mpp={mpp} square />
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label={`Smaller than, ${text}`}
          value={below}
          min={0}
          onChange={(next) => drafts.change({ below: next })}
        />
        <NumberField
          label={`Larger than, ${text}`}
          value={above}
          min={0}
          onChange={(next) => drafts.change({ above: next })}
        />
      </div>
      <label className="inline-flex items-center gap-1.5 text-sm">
        <input
          type="checkbox"
          className="size-3.5 accent-accent"
          checked={atEdge}
          onChange={(event) => drafts.change({ atEdge: event.currentTarget.checked })}
        />
        At the edge of the image
      </label>
    </>
  );
}

const wayTexts: Readonly<Record<CarryWay, string>> = {
  "next-frame": "Next frames",
  "previous-frame": "Earlier frames",
  "next-slice": "Slices above",
  "previous-slice": "Slices below",
  between: "Between key frames",
};

export function CarryControls({ draft, drafts }: Parts): ReactNode {
  const { carryWay, carryCount } = draft.settings;
  return (
    <>
      <Either
        label="Copy to"
        value={carryWay}
        items={drafts.carryWays.map((way) => [way, wayTexts[way]] as const)}
        onChange={(next) => drafts.change({ carryWay: next })}
      />
      {carryWay !== "between" && (
        <NumberField
          label={carryWay.endsWith("frame") ? "How many frames" : "How many slices"}
          value={carryCount}
          min={1}
          step={1}
          onChange={(next) => drafts.change({ carryCount: Math.min(carryCountMax, Math.round(next ?? 1)) })}
        />
      )}
    </>
  );
}

function UnitChoice({
  draft,
  drafts,
  mpp,
  square,
}: Omit<Parts, "channels"> & { square: boolean }): ReactNode {
  if (mpp === null) return null;
  const end = square ? "²" : "";
  return (
    <Either
      label="Unit"
      value={draft.settings.unit}
      items={[
        ["px", `px${end}`],
        ["um", `µm${end}`],
      ]}
      onChange={(unit) => drafts.setUnit(unit)}
    />
  );
}

export function ChannelChoice({ draft, drafts, channels }: Parts): ReactNode {
  if (channels.length < 2) return null;
  const { channel } = draft.settings;
  return (
    <Choice
      label="Channel"
      items={[
        { value: "shown", label: "The first one shown" },
        ...channels.map(({ index, name }) => ({ value: String(index), label: name })),
      ]}
      value={channel === null ? "shown" : String(channel)}
      onChange={(next) => drafts.setChannel(next === "shown" ? null : Number(next))}
    />
  );
}

/** One of two, both in sight. */
export function Either<T extends string>({
  label,
  value,
  items,
  onChange,
}: {
  label: string;
  value: T;
  items: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}): ReactNode {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-labelledby={`${name}-label`}
      className="grid grid-cols-[5rem_1fr] items-start gap-3 text-sm"
    >
      <span id={`${name}-label`}>{label}</span>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {items.map(([item, text]) => (
          <label key={item} className="inline-flex items-center gap-1.5">
            <input
              type="radio"
              name={name}
              className="size-3.5 accent-accent"
              checked={value === item}
              onChange={() => onChange(item)}
            />
            {text}
          </label>
        ))}
      </div>
    </div>
  );
}

function NumberField({
  label,
  value,
  min,
  step = "any",
  onChange,
}: {
  label: string;
  value: number | null;
  min: number;
  step?: number | "any";
  onChange: (value: number | null) => void;
}): ReactNode {
  return (
    <Field label={label}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          className="control"
          min={min}
          step={step}
          value={value ?? ""}
          onChange={(event) => {
            const next = event.currentTarget.valueAsNumber;
            onChange(Number.isFinite(next) && next >= min ? next : null);
          }}
        />
      )}
    </Field>
  );
}

const unitText = (unit: DraftSettings["unit"]): string => (unit === "um" ? "µm" : "px");

/** Whole values where the range is wide, five hundred steps where it is not. */
const stepOf = (range: number): number => (range >= 20 ? 1 : Math.max(range / 500, Number.EPSILON));

const numberText = (value: number): string =>
  Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
