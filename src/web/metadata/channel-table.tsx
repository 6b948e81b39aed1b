/** The channels of an image: name and role for models, target, stain and compartment as words with terms. */

import { type ReactNode, useDeferredValue } from "react";
import type { Channel } from "#api/index.ts";
import { channelFields, channelRoles, channelWordField } from "#core/ontology/index.ts";
import { useMetadataCheck } from "../client/metadata-api.ts";
import { FieldRow } from "./field-row.tsx";

const words = ["target", "fluor", "compartment"] as const;

export function ChannelTable({
  channels,
  record,
  onChannels,
  onWord,
}: {
  channels: readonly Omit<Channel, "index">[];
  record: Readonly<Record<string, string>>;
  onChannels: (channels: readonly Omit<Channel, "index">[]) => void;
  onWord: (name: string, value: string) => void;
}): ReactNode {
  const asked = Object.fromEntries(
    Object.entries(record).filter(([name, word]) => name.startsWith("channel") && word.trim() !== ""),
  );
  const report = useMetadataCheck(useDeferredValue(asked), undefined).data;
  const set = (at: number, next: Partial<Channel>): void =>
    onChannels(channels.map((channel, index) => (index === at ? { ...channel, ...next } : channel)));
  const fieldOf = (name: string) => channelFields.find((field) => field.name === name);
  return (
    <table className="table">
      <caption className="sr-only">Channels</caption>
      <thead>
        <tr>
          <th>Channel</th>
          <th>Role</th>
          {words.map((name) => (
            <th key={name}>{fieldOf(name)?.title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {channels.map(({ name, role }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
          <tr key={index}>
            <td className="w-32">
              <input
                aria-label={`Name of channel ${index + 1}`}
                className="control w-full"
                maxLength={200}
                value={name}
                onChange={(event) => set(index, { name: event.target.value })}
              />
            </td>
            <td className="w-32">
              <select
                aria-label={`Role of channel ${index + 1}`}
                className="control w-full"
                value={role}
                onChange={(event) => set(index, { role: event.target.value as Channel["role"] })}
              >
                {channelRoles.map((value) => (
                  <option key={value}>{value}</option>
                ))}
              </select>
            </td>
            {words.map((word) => {
              const field = fieldOf(word);
              const key = channelWordField(index, word);
              return (
                <td key={word}>
                  {field !== undefined && (
                    <FieldRow
                      field={field}
                      name={key}
                      bare={`${field.title} of channel ${index + 1}`}
                      value={record[key] ?? ""}
                      report={report}
                      onChange={(value) => onWord(key, value)}
                    />
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
