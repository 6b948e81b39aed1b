/** Invite links: made with a role, shown once, used once. */

import { type FormEvent, type ReactNode, useState } from "react";
import type { Role } from "#api/index.ts";
import { useCreateInvite, useInvites, useWithdrawInvite } from "../client/index.ts";
import { Button, Choice, CopyBlock, Field, formatDate, Section } from "../ui/index.ts";
import { isRole, roleItems } from "./roles.ts";
import { SettingsList } from "./settings-list.tsx";

export function Invites(): ReactNode {
  const invites = useInvites(true);
  const create = useCreateInvite();
  const withdraw = useWithdrawInvite();
  const [role, setRole] = useState<Role>("annotator");
  const [note, setNote] = useState("");
  const open = (invites.data?.invites ?? []).filter((invite) => invite.usedAt === null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ role, note: note.trim() }, { onSuccess: () => setNote("") });
  };

  return (
    <Section title="Invite someone" note="A link is used once; no account form">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <Choice
          label="Role"
          items={roleItems}
          value={role}
          onChange={(value) => isRole(value) && setRole(value)}
          className="w-40"
        />
        <Field label="For whom (only you see it)">
          {(ids) => (
            <input
              {...ids}
              className="control w-64"
              maxLength={200}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" busy={create.isPending}>
          Make a link
        </Button>
      </form>
      {create.data !== undefined && (
        <div role="status">
          <CopyBlock
            label="Send this link to one person. It is shown only now."
            text={new URL(create.data.url, window.location.origin).href}
          />
        </div>
      )}
      <SettingsList
        query={invites}
        loading="Reading the open invites …"
        empty="No open invites."
        caption="Open invites"
        columns={["For", "Role", "Ends"]}
        rows={open.map((invite) => (
          <tr key={invite.id}>
            <td>{invite.note === "" ? <span className="text-quiet">no note</span> : invite.note}</td>
            <td>{invite.role}</td>
            <td className="whitespace-nowrap text-quiet">{formatDate(invite.expiresAt)}</td>
            <td className="num">
              <Button size="small" onClick={() => withdraw.mutate(invite.id)}>
                Withdraw
              </Button>
            </td>
          </tr>
        ))}
      />
    </Section>
  );
}
