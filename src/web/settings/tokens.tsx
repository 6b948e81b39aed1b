/** API tokens of the signed-in member, for programs; each is shown once. */

import { type FormEvent, type ReactNode, useState } from "react";
import { useCreateToken, useDeleteToken, useTokens } from "../client/index.ts";
import { Button, Choice, CopyBlock, Field, formatWhen, Section } from "../ui/index.ts";
import { SettingsList } from "./settings-list.tsx";

const scopes = [
  { value: "read", label: "read", note: "look and download" },
  { value: "write", label: "write", note: "also predict, and all that your role allows" },
] as const;

export function Tokens(): ReactNode {
  const tokens = useTokens();
  const create = useCreateToken();
  const remove = useDeleteToken();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<"read" | "write">("read");
  const list = tokens.data?.tokens ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    create.mutate({ name: name.trim(), scope }, { onSuccess: () => setName("") });
  };

  return (
    <Section title="API tokens" note="For scripts and other programs, in your name">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <Choice
          label="May"
          items={scopes}
          value={scope}
          onChange={(value) => setScope(value === "write" ? "write" : "read")}
          className="w-40"
        />
        <Field label="What it is for">
          {(ids) => (
            <input
              {...ids}
              required
              className="control w-64"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" busy={create.isPending}>
          Make a token
        </Button>
      </form>
      {create.data !== undefined && (
        <div role="status">
          <CopyBlock label="Keep it like a password. It is shown only now." text={create.data.token} />
        </div>
      )}
      <SettingsList
        query={tokens}
        loading="Reading your tokens …"
        empty="You have no tokens."
        caption="Your API tokens"
        columns={["For", "May", "Last used"]}
        rows={list.map((token) => (
          <tr key={token.id}>
            <td>{token.name}</td>
            <td>{token.scope}</td>
            <td className="whitespace-nowrap text-quiet">
              {token.lastUsedAt === null ? "never" : formatWhen(token.lastUsedAt, Date.now())}
            </td>
            <td className="num">
              <Button size="small" look="danger" onClick={() => remove.mutate(token.id)}>
                Delete
              </Button>
            </td>
          </tr>
        ))}
      />
    </Section>
  );
}
