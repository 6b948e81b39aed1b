/** Hooks for the session, members, invites and API tokens. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Member, Role } from "#api/index.ts";
import {
  type CreateInvite,
  type CreateToken,
  membersApi,
  type SignIn,
  sessionApi,
  type UpdateMember,
} from "./api.ts";
import { keys } from "./keys.ts";
import { openStreamsAnew } from "./streams/open-stream.ts";

export function useSession() {
  return useQuery({
    queryKey: keys.session,
    queryFn: ({ signal }) => sessionApi.read({ signal }),
    staleTime: 60_000,
  });
}

/** The signed-in member; null before the session is known and when signed out. */
export function useMember(): Member | null {
  return useSession().data?.member ?? null;
}

const rank: Record<Role, number> = { viewer: 0, annotator: 1, owner: 2 };

/** Whether the member's role reaches `role`. The server decides; this only spares people a refusal. */
export function useCan(role: Role): boolean {
  const member = useMember();
  return member !== null && rank[member.role] >= rank[role];
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SignIn) => sessionApi.signIn(body),
    onSuccess: async (session) => {
      // A read that began before the sign-in would say "nobody" after it.
      await client.cancelQueries({ queryKey: keys.session });
      client.setQueryData(keys.session, session);
      openStreamsAnew();
    },
    meta: { quiet: true },
  });
}

/** Leaves the page as well, so that nothing a member has seen stays in its memory. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => sessionApi.signOut(),
    onSuccess: () => window.location.assign("/"),
  });
}

export function useMembers() {
  return useQuery({ queryKey: keys.members, queryFn: ({ signal }) => membersApi.list({ signal }) });
}

export function useUpdateMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ memberId, ...body }: UpdateMember & { memberId: string }) =>
      membersApi.update(memberId, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.members }),
  });
}

export function useInvites(enabled: boolean) {
  return useQuery({
    queryKey: keys.invites,
    queryFn: ({ signal }) => membersApi.invites({ signal }),
    enabled,
  });
}

export function useCreateInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateInvite) => membersApi.invite(body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invites }),
  });
}

export function useWithdrawInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (inviteId: string) => membersApi.withdrawInvite(inviteId),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invites }),
  });
}

export function useTokens() {
  return useQuery({ queryKey: keys.tokens, queryFn: ({ signal }) => membersApi.tokens({ signal }) });
}

export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateToken) => membersApi.createToken(body),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
}

export function useDeleteToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (tokenId: string) => membersApi.deleteToken(tokenId),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
}
