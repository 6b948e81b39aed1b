/** What the files leave open, each question with what it rests on and what happens without an answer. */

import { CircleCheck, CircleHelp } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { ImportPlan, ImportQuestion } from "#api/index.ts";
import { classNames, plural } from "../ui/index.ts";
import { ChannelRoles } from "./channel-roles.tsx";
import { type AxesAnswer, type Choices, type CompartmentAnswer, isAnswered } from "./choices.ts";
import { Part } from "./part.tsx";
import { PixelSizeField } from "./pixel-size-field.tsx";
import { RadioRow } from "./radio-row.tsx";

interface Asked {
  readonly plan: ImportPlan;
  readonly choices: Choices;
  readonly onChoose: (next: Partial<Choices>) => void;
}

export function Questions({
  questions,
  ...asked
}: Asked & { questions: readonly ImportQuestion[] }): ReactNode {
  if (questions.length === 0) return null;
  const open = questions.filter((question) => !isAnswered(question, asked.choices)).length;
  return (
    <Part
      title="What the files do not say"
      note={open === 0 ? "all answered" : `${plural(open, "question")} open`}
    >
      <div className="flex flex-col gap-3">
        {questions.map((question) => (
          <Question key={question.id} question={question} {...asked} />
        ))}
      </div>
    </Part>
  );
}

function Question({ question, ...asked }: Asked & { question: ImportQuestion }): ReactNode {
  const id = useId();
  const answered = isAnswered(question, asked.choices);
  const Icon = answered ? CircleCheck : CircleHelp;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand beside an icon
    <div
      role="group"
      aria-labelledby={id}
      className={classNames(
        "flex gap-3 rounded-lg border p-4",
        !answered && question.required ? "border-warn bg-warn-wash" : "border-line",
      )}
    >
      <Icon
        aria-label={answered ? "answered" : "open"}
        className={classNames("mt-0.5 size-4 shrink-0", answered ? "text-good" : "text-warn")}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <div>
          <p id={id}>
            {question.text}
            {question.required && <span className="text-quiet"> Needed for the import.</span>}
          </p>
          <p className="text-sm text-quiet">{concerns(question, asked.plan)}</p>
        </div>
        <Answer question={question} {...asked} />
      </div>
    </div>
  );
}

function concerns(question: ImportQuestion, plan: ImportPlan): string {
  const all = question.count >= plan.examined;
  const who = all
    ? plan.examined === 1
      ? "Asked for the one image."
      : "Asked for all images."
    : `Asked for ${plural(question.count, "image")}: ${question.images.slice(0, 3).join(", ")}${question.count > 3 ? " …" : "."}`;
  return question.fallback === null ? who : `${who} Without an answer ${question.fallback}.`;
}

function Answer({ question, plan, choices, onChoose }: Asked & { question: ImportQuestion }): ReactNode {
  switch (question.id) {
    case "axes":
      return (
        <>
          <Parts plan={plan} />
          <RadioRow<AxesAnswer>
            name="Pages"
            items={question.choices as readonly { value: AxesAnswer; label: string }[]}
            value={choices.axes}
            onChange={(axes) => onChoose({ axes })}
          />
        </>
      );
    case "mpp":
      return <PixelSizeField value={choices.pixelSize} onChange={(pixelSize) => onChoose({ pixelSize })} />;
    case "compartment":
      return (
        <RadioRow<CompartmentAnswer>
          name="Labels outline"
          items={question.choices as readonly { value: CompartmentAnswer; label: string }[]}
          value={choices.compartment}
          onChange={(compartment) => onChoose({ compartment })}
        />
      );
    case "channels":
      return <ChannelRoles plan={plan} roles={choices.roles} onChange={(roles) => onChoose({ roles })} />;
  }
}

/** The pages themselves, from the first image that has some. */
function Parts({ plan }: { plan: ImportPlan }): ReactNode {
  const sample = plan.samples.find(({ parts }) => parts.length > 0);
  if (sample === undefined) return null;
  return (
    <ul className="flex flex-wrap gap-2" aria-label={`Pages of ${sample.name}`}>
      {sample.parts.slice(0, 4).map(({ title, picture }) => (
        <li key={title} className="flex flex-col gap-0.5">
          <span className="grid size-24 place-items-center overflow-hidden rounded-md bg-bench">
            <img src={picture} alt={`${title}, decoded`} className="size-full object-contain" />
          </span>
          <span className="text-xs text-quiet">{title}</span>
        </li>
      ))}
    </ul>
  );
}
