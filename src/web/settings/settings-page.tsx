/** Settings: who is here, how to let others in, tokens for programs, and what this is. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCan, useMember, useSession, useSignOut } from "../client/index.ts";
import { Button, buttonClass, Facts, Page, Section } from "../ui/index.ts";
import { Invites } from "./invites.tsx";
import { Members } from "./members.tsx";
import { Tokens } from "./tokens.tsx";

export function SettingsPage(): ReactNode {
  const session = useSession().data;
  const member = useMember();
  const isOwner = useCan("owner");
  const signOut = useSignOut();
  return (
    <Page
      title="Settings"
      facts={member === null ? undefined : `You are ${member.name}, ${member.role}`}
      actions={<Button onClick={() => signOut.mutate()}>Sign out</Button>}
    >
      <div className="flex max-w-4xl flex-col gap-10">
        <Members />
        {isOwner && <Invites />}
        <Tokens />
        <Section
          title="Vocabulary"
          actions={
            <Link to="/settings/vocabulary" className={buttonClass()}>
              Open
            </Link>
          }
        >
          <p className="text-quiet">
            Sources of terms with release and licence, the lab's own terms, newer releases.
          </p>
        </Section>
        <Section title="About">
          <Facts
            rows={[
              ["Program", `Cell Foundry ${session?.version ?? ""}`],
              ["Lab", session?.lab.name ?? ""],
              ["Licence", "Apache-2.0"],
              [
                "Interface for programs",
                <a
                  key="openapi"
                  href="/api/openapi.json"
                  className="rounded-md underline underline-offset-2 hover:text-accent"
                >
                  OpenAPI description
                </a>,
              ],
            ]}
          />
        </Section>
      </div>
    </Page>
  );
}
