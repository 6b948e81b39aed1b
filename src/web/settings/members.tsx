/** Members and their roles; owners change them. */

import type { ReactNode } from "react";
import type { Member } from "#api/index.ts";
import { useCan, useMember, useMembers, useUpdateMember } from "../client/index.ts";
import { Button, Choice, formatWhen, plural, Section } from "../ui/index.ts";
import { isRole, roleItems } from "./roles.ts";
import { SettingsList } from "./settings-list.tsx";

export function Members(): ReactNode {
  const members = useMembers();
  const list = members.data?.members ?? [];
  return (
    <Section title="Members" note={members.isSuccess ? plural(list.length, "person", "people") : undefined}>
      <SettingsList
        query={members}
        loading="Reading the members …"
        empty="No members."
        caption="Members"
        columns={["Name", "Role", "Since"]}
        expected={1}
        rows={list.map((member) => <MemberRow key={member.id} member={member} />)}
      />
    </Section>
  );
}

function MemberRow({ member }: { member: Member }): ReactNode {
  const isOwner = useCan("owner");
  const me = useMember();
  const update = useUpdateMember();
  const isMe = me?.id === member.id;
  return (
    <tr>
      <td className="align-middle!">
        {member.name}
        {isMe && <span className="text-quiet"> · you</span>}
        {member.suspended && <span className="text-bad"> · suspended</span>}
      </td>
      <td className="w-48">
        {isOwner && !isMe ? (
          <Choice
            hideLabel
            label={`Role of ${member.name}`}
            items={roleItems}
            value={member.role}
            onChange={(role) => isRole(role) && update.mutate({ memberId: member.id, role })}
          />
        ) : (
          member.role
        )}
      </td>
      <td className="align-middle! whitespace-nowrap text-quiet">
        {formatWhen(member.createdAt, Date.now())}
      </td>
      <td className="num align-middle!">
        {isOwner && !isMe && (
          <Button
            size="small"
            look={member.suspended ? "plain" : "danger"}
            onClick={() => update.mutate({ memberId: member.id, suspended: !member.suspended })}
          >
            {member.suspended ? "Let in again" : "Suspend"}
          </Button>
        )}
      </td>
    </tr>
  );
}
