/** The sheet that describes the images: what is wrong in it, mended in place, and the mended sheet to keep. */

import { Check, CircleAlert, Download, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ImportPlan } from "#api/index.ts";
import { toFoundryError } from "../client/index.ts";
import { Button, download, plural, tellProblem } from "../ui/index.ts";
import { Part } from "./part.tsx";
import { rowsText, type ValueProblem, valueProblems } from "./sheet-problems.ts";

/** More lines are mended in a spreadsheet. */
const LINES_SHOWN = 40;

export function SheetPart({
  plan,
  busy,
  onSheet,
}: {
  plan: ImportPlan;
  /** The server is looking at the sheet. */
  busy: boolean;
  onSheet: (name: string, text: string) => void;
}): ReactNode {
  const [mended, setMended] = useState(0);
  const { sheet } = plan;
  if (sheet === null) return null;
  const name = sheet.path.slice(sheet.path.lastIndexOf("/") + 1);
  const problems = valueProblems(plan.sheetProblems);
  const errors = problems.filter(({ severity }) => severity === "error").length;

  const mend = async (column: string, from: string, to: string): Promise<void> => {
    if (sheet.text === null) return;
    try {
      const { replaceInSheet } = await import("#formats/index.ts");
      const result = replaceInSheet(sheet.text, name, { column, from, to });
      if (result.count === 0) return;
      setMended((count) => count + result.count);
      onSheet(name, result.text);
    } catch (error) {
      tellProblem(toFoundryError(error));
    }
  };

  return (
    <Part
      title={`Sheet ${name}`}
      note={
        busy
          ? "checking …"
          : problems.length === 0
            ? "every value is understood"
            : errors === 0
              ? plural(problems.length, "remark")
              : plural(errors, "value", "values").concat(" not understood")
      }
    >
      {problems.length > 0 && (
        <ProblemTable
          problems={problems}
          busy={busy}
          mendable={sheet.text !== null}
          onMend={(column, from, to) => void mend(column, from, to)}
        />
      )}
      {sheet.text === null && problems.length > 0 && (
        <p className="text-sm text-quiet">
          The sheet is too long to mend here. Correct it and drop it again.
        </p>
      )}
      {mended > 0 && sheet.text !== null && (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <span role="status" className="inline-flex items-center gap-1.5">
            <Check aria-hidden="true" className="size-4 text-good" />
            {plural(mended, "value")} mended for this import.
          </span>
          <Button
            size="small"
            onClick={() => download(new Blob([sheet.text ?? ""], { type: "text/plain" }), name)}
          >
            <Download aria-hidden="true" className="size-3.5" />
            Download the mended sheet
          </Button>
        </div>
      )}
    </Part>
  );
}

function ProblemTable({
  problems,
  busy,
  mendable,
  onMend,
}: {
  problems: readonly ValueProblem[];
  busy: boolean;
  mendable: boolean;
  onMend: (column: string, from: string, to: string) => void;
}): ReactNode {
  return (
    <>
      <table className="table" data-testid="sheet-problems">
        <caption className="sr-only">Values of the sheet that need a look</caption>
        <thead>
          <tr>
            <th>
              <span className="sr-only">Kind</span>
            </th>
            <th>Row</th>
            <th>Column</th>
            <th>Value</th>
            <th>What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {problems.slice(0, LINES_SHOWN).map((problem) => (
            <tr key={problem.key}>
              <td>{problem.severity === "error" ? errorMark : warningMark}</td>
              <td className="max-w-24">{rowsText(problem)}</td>
              <td>{problem.column}</td>
              <td className="max-w-36 break-words">{problem.value}</td>
              <td>
                <div>{shortMessage(problem)}</div>
                {mendable && problem.offers.length > 0 && (
                  <div className="mt-1 flex flex-wrap items-center gap-2">
                    <span className="text-quiet">Write</span>
                    {problem.offers.map(({ value, curie }) => (
                      <Button
                        key={value}
                        size="small"
                        busy={busy}
                        onClick={() => onMend(problem.column, problem.value, value)}
                      >
                        {value}
                        {curie !== null && curie !== value && <span className="text-quiet">{curie}</span>}
                      </Button>
                    ))}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {problems.length > LINES_SHOWN && (
        <p className="text-sm text-quiet">and {problems.length - LINES_SHOWN} more</p>
      )}
    </>
  );
}

const errorMark = <CircleAlert aria-label="error" className="size-4 text-bad" />;
const warningMark = <TriangleAlert aria-label="warning" className="size-4 text-warn" />;

/** The value stands in its own column and the offer on its button. */
function shortMessage({ message, value, offers }: ValueProblem): string {
  const own = value === "" ? message : message.replace(`"${value.trim()}" `, "");
  const text = offers.length === 0 ? own : own.replace(/; did you mean .*\?$/, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
