/** Shown to who is not signed in: where the link is, and a place to paste it. */

import { type FormEvent, type ReactNode, useState } from "react";
import { toFoundryError, useSignIn } from "../client/index.ts";
import { Button, Field, ProblemText } from "../ui/index.ts";
import { EntranceFrame } from "./entrance-frame.tsx";
import { readLink } from "./redeem.ts";

export function SignedOutPage({ lab, error }: { lab: string; error: Error | null }): ReactNode {
  const signIn = useSignIn();
  const [text, setText] = useState("");
  const [unreadable, setUnreadable] = useState(false);
  const problem = signIn.error ?? error;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const link = readLink(text);
    setUnreadable(link === null);
    if (link === null) return;
    if (link.kind === "join") window.location.assign(`/join#${link.token}`);
    else signIn.mutate({ token: link.token });
  };

  return (
    <EntranceFrame title={`Sign in to ${lab}`}>
      <p className="text-quiet">
        Open the link that Cell Foundry printed when it started, or ask an owner of {lab} for an invite link.
      </p>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Link or token"
          hint="Each link works once."
          error={unreadable ? "This holds no token. Paste the whole link, with the part after #." : undefined}
        >
          {(ids) => (
            <input
              {...ids}
              className="control w-full"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {problem !== null && <ProblemText error={toFoundryError(problem)} />}
        <Button look="primary" type="submit" busy={signIn.isPending} className="self-start">
          Sign in
        </Button>
      </form>
    </EntranceFrame>
  );
}
