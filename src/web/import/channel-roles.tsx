/** Each channel as it looks, with the role it has for a model. */

import type { ReactNode } from "react";
import type { ImportPlan } from "#api/index.ts";
import type { ChannelRole } from "./choices.ts";

const roleWords: readonly { readonly value: ChannelRole; readonly label: string }[] = [
  { value: "nuclear", label: "Nuclei" },
  { value: "membrane", label: "Membrane" },
  { value: "cytoplasm", label: "Cytoplasm" },
  { value: "phase", label: "Phase contrast" },
  { value: "brightfield", label: "Bright field" },
  { value: "other", label: "Something else" },
];

export function ChannelRoles({
  plan,
  roles,
  onChange,
}: {
  plan: ImportPlan;
  roles: readonly (ChannelRole | null)[];
  onChange: (roles: readonly (ChannelRole | null)[]) => void;
}): ReactNode {
  const counts = [...new Set(plan.arrays.map(({ channels }) => channels))].sort((a, b) => a - b);
  const [count = 0] = counts;
  if (counts.length > 1) {
    return (
      <p className="text-sm">
        The images have different numbers of channels ({counts.join(", ")}), so one answer cannot hold for
        all. Give roles in a sheet with the columns “channel 1 role”, “channel 2 role” …
      </p>
    );
  }
  const sample = plan.samples.find(({ parts }) => parts.length > 0);
  const all = Array.from({ length: count }, (_, index) => ({
    name: sample?.parts[index]?.title ?? plan.channels[index]?.name ?? `Channel ${index + 1}`,
    picture: sample?.parts[index]?.picture,
    role: roles[index] ?? null,
  }));
  const set = (at: number, role: ChannelRole | null): void =>
    onChange(all.map((channel, index) => (index === at ? role : channel.role)));
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-3">
      {all.map(({ name, picture, role }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position; names may repeat
        <li key={index} className="flex min-w-0 flex-col gap-1">
          {picture !== undefined && (
            <span className="grid h-24 place-items-center overflow-hidden rounded-md bg-bench">
              <img src={picture} alt={`Channel ${name}`} className="size-full object-contain" />
            </span>
          )}
          <span className="truncate text-sm" title={name}>
            {name}
          </span>
          <select
            aria-label={`Role of ${name}`}
            className="control w-full"
            value={role ?? ""}
            onChange={(event) =>
              set(index, event.target.value === "" ? null : (event.target.value as ChannelRole))
            }
          >
            <option value="">Role …</option>
            {roleWords.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </li>
      ))}
    </ul>
  );
}
