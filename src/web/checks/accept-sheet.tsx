/** Accepting findings as they are, with a reason that stays with them. */

import { type FormEvent, type ReactNode, useState } from "react";
import { checkRules } from "#core/checks/index.ts";
import { type FindingChoiceRequest, useReopen, useWaive } from "../client/index.ts";
import { Button, Field, plural, Sheet, tellWithAction } from "../ui/index.ts";

const FORM = "accept-findings";

export function AcceptSheet({
  projectId,
  choice,
  count,
  onClose,
}: {
  projectId: string;
  /** Null: closed. */
  choice: FindingChoiceRequest | null;
  count: number;
  onClose: () => void;
}): ReactNode {
  const [why, setWhy] = useState("");
  const waive = useWaive(projectId);
  const reopen = useReopen(projectId);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (choice === null || why.trim() === "") return;
    waive.mutate(
      { ...choice, why },
      {
        onSuccess: ({ findingIds }) => {
          setWhy("");
          onClose();
          tellWithAction(`${plural(findingIds.length, "finding")} accepted.`, {
            label: "Undo",
            onAction: () => reopen.mutate(findingIds),
          });
        },
      },
    );
  };
  return (
    <Sheet
      open={choice !== null}
      onClose={onClose}
      title={`Accept: ${choice === null ? "" : checkRules[choice.rule].title}`}
      description="The labels stay as they are and no longer stand in the way. When one of these cells changes and is still found, it comes back."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            type="submit"
            form={FORM}
            disabled={why.trim() === ""}
            busy={waive.isPending}
          >
            Accept {plural(count, "finding")}
          </Button>
        </>
      }
    >
      <form id={FORM} onSubmit={submit}>
        <Field label="Why it does no harm" hint="Kept with each finding, for whoever asks later.">
          {(ids) => (
            <textarea
              {...ids}
              rows={3}
              maxLength={500}
              required
              className="control w-full"
              value={why}
              onChange={(event) => setWhy(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Sheet>
  );
}
