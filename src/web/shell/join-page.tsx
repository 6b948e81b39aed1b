/** An invite link was opened: one question, the person's name. No account form. */

import { type FormEvent, type ReactNode, useState } from "react";
import { toFoundryError, useSignIn } from "../client/index.ts";
import { Button, Field, ProblemText } from "../ui/index.ts";
import { EntranceFrame } from "./entrance-frame.tsx";
import { tokenOf } from "./redeem.ts";

export function JoinPage(): ReactNode {
  const [name, setName] = useState("");
  const signIn = useSignIn();
  const token = tokenOf(window.location.hash);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token === null || name.trim() === "") return;
    signIn.mutate({ token, name: name.trim() }, { onSuccess: () => window.location.replace("/") });
  };

  if (token === null) {
    return (
      <EntranceFrame title="This invite link is not complete">
        <p className="text-quiet">Open the link exactly as you received it, with the part after #.</p>
      </EntranceFrame>
    );
  }
  return (
    <EntranceFrame title="You are invited">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Your name" hint="Your corrections carry it, so that others can ask you.">
          {(ids) => (
            <input
              {...ids}
              className="control w-full"
              autoComplete="name"
              maxLength={200}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {signIn.error !== null && <ProblemText error={toFoundryError(signIn.error)} />}
        <Button look="primary" type="submit" busy={signIn.isPending} className="self-start">
          Join
        </Button>
      </form>
    </EntranceFrame>
  );
}
