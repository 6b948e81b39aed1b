/** One field of the form: its control, and below it what the word means or what is wrong with it. */

import { type ReactNode, useId, useState } from "react";
import type { MetadataProblemOnWire, MetadataReportOnWire } from "#api/index.ts";
import { Button, classNames } from "../ui/index.ts";
import type { MetadataField } from "./form-fields.ts";
import { LocalTermForm } from "./local-term.tsx";
import { TermBox } from "./term-box.tsx";

export interface FieldRowProps {
  readonly field: MetadataField;
  /** Name in the record; differs from the field's for channels. */
  readonly name?: string;
  readonly required?: boolean;
  readonly value: string;
  readonly report: MetadataReportOnWire | undefined;
  readonly onChange: (value: string) => void;
  /** No label and no help: in a table. */
  readonly bare?: string;
}

export function FieldRow({
  field,
  name = field.name,
  required = false,
  value,
  report,
  onChange,
  bare,
}: FieldRowProps): ReactNode {
  const id = useId();
  const problem = report?.problems.find((one) => one.field === name && one.value.trim() === value.trim());
  const isMissing = report?.problems.some(({ field: of, rule }) => of === name && rule === "required");
  const shownProblem = problem?.rule === "required" ? undefined : problem;
  const noteId = `${id}-note`;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {bare === undefined && (
        <label htmlFor={id} className="text-sm">
          {field.title}
          {field.kind.type === "number" && field.kind.unit !== "" && (
            <span className="text-quiet">, {field.kind.unit}</span>
          )}
          {required && <span className={isMissing === true ? "text-warn" : "text-quiet"}> · asked for</span>}
        </label>
      )}
      <Control
        field={field}
        id={id}
        label={bare}
        value={value}
        invalid={shownProblem?.severity === "error"}
        describedBy={noteId}
        onChange={onChange}
      />
      <div id={noteId} className="text-xs text-quiet empty:hidden">
        <Note
          field={field}
          name={name}
          value={value}
          report={report}
          problem={shownProblem}
          help={bare === undefined}
          onChange={onChange}
        />
      </div>
    </div>
  );
}

function Control({
  field,
  id,
  label,
  value,
  invalid,
  describedBy,
  onChange,
}: {
  field: MetadataField;
  id: string;
  label: string | undefined;
  value: string;
  invalid: boolean;
  describedBy: string;
  onChange: (value: string) => void;
}): ReactNode {
  const { kind } = field;
  if (kind.type === "term") {
    return (
      <TermBox
        id={id}
        {...(label === undefined ? {} : { label })}
        field={kind.facet}
        placeholder={`such as ${field.example}`}
        invalid={invalid}
        describedBy={describedBy}
        value={value}
        onChange={onChange}
      />
    );
  }
  return (
    <input
      id={id}
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      inputMode={kind.type === "number" ? "decimal" : undefined}
      className="control w-full"
      maxLength={500}
      placeholder={`such as ${field.example}`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Note({
  field,
  name,
  value,
  report,
  problem,
  help,
  onChange,
}: {
  field: MetadataField;
  name: string;
  value: string;
  report: MetadataReportOnWire | undefined;
  problem: MetadataProblemOnWire | undefined;
  help: boolean;
  onChange: (value: string) => void;
}): ReactNode {
  const [adding, setAdding] = useState(false);
  if (value.trim() === "") {
    const implied = report?.implied[name];
    if (implied !== undefined) {
      return (
        <span className="inline-flex flex-wrap items-center gap-2">
          The cell line implies
          <Button size="small" onClick={() => onChange(implied.label)}>
            {implied.label}
          </Button>
        </span>
      );
    }
    return help ? field.help : null;
  }
  if (adding && field.kind.type === "term") {
    return <LocalTermForm focused word={value} field={field.kind.facet} onDone={() => setAdding(false)} />;
  }
  if (problem !== undefined) {
    const mayAdd = field.kind.type === "term" && problem.rule === "unknownTerm";
    return (
      <div className="flex flex-col gap-1">
        <span className={problem.severity === "error" ? "text-bad" : "text-warn"}>
          {sentence(problem, value)}
        </span>
        <span className="flex flex-wrap items-center gap-2">
          {offers(problem).map((offer) => (
            <Button key={offer.value} size="small" title={offer.title} onClick={() => onChange(offer.value)}>
              {offer.value}
            </Button>
          ))}
          {mayAdd && (
            <Button look="quiet" size="small" onClick={() => setAdding(true)}>
              Use as a term of the lab …
            </Button>
          )}
        </span>
      </div>
    );
  }
  const term = report?.terms[name];
  if (term === undefined) return null;
  return (
    <span title={term.path.join(" › ")} className={classNames("block truncate")}>
      {term.label.toLowerCase() === value.trim().toLowerCase() ? "" : `${term.label} · `}
      {term.curie}
      {term.path.length > 0 && ` · ${term.path.slice(-2).join(" › ")}`}
    </span>
  );
}

/** The word itself stands in the box above. */
function sentence({ message }: MetadataProblemOnWire, value: string): string {
  const text = message.replace(`"${value.trim()}" `, "").replace(/; did you mean .*\?$/, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Names of candidates; where a name says too little, the CURIE. */
function offers({ nearest, candidates, value }: MetadataProblemOnWire): { value: string; title: string }[] {
  // The written word itself would only be asked about again.
  const names = [value.trim().toLowerCase(), ...candidates.map(({ label }) => label.toLowerCase())];
  const isUnclear = (label: string): boolean =>
    names.filter((name) => name === label.toLowerCase()).length > 1;
  const terms = candidates.map(({ curie, label, path }) => ({
    value: isUnclear(label) ? curie : label,
    title: [curie, ...path].join(" › "),
  }));
  const all = terms.length > 0 || nearest === undefined ? terms : [{ value: nearest, title: nearest }];
  return all.slice(0, 3);
}
