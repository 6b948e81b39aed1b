/** One edit for many images: fields to set or to clear, what it would change, and then the edit. */

import { Plus, X } from "lucide-react";
import { type ReactNode, useDeferredValue, useId, useMemo, useState } from "react";
import type { BulkChanges, BulkEdit, BulkPreview } from "#api/index.ts";
import { type BulkTrashRequest, useBulkEdit, useBulkPreview } from "../client/index.ts";
import { TermBox } from "../metadata/term-box.tsx";
import { Button, Field, formatCount, IconButton, Problem, plural, Sheet } from "../ui/index.ts";
import { facetTitles } from "./images-search.ts";

interface Row {
  readonly key: number;
  readonly field: string;
  readonly value: string;
  readonly clear: boolean;
}

const firstRow: Row = { key: 0, field: "organ", value: "", clear: false };

export function BulkSheet({
  projectId,
  open,
  target,
  count,
  onClose,
  onDone,
}: {
  projectId: string;
  open: boolean;
  target: BulkTrashRequest;
  count: number;
  onClose: () => void;
  onDone: (edit: BulkEdit) => void;
}): ReactNode {
  const [rows, setRows] = useState<readonly Row[]>([firstRow]);
  const [group, setGroup] = useState("");
  const [mpp, setMpp] = useState("");
  const edit = useBulkEdit(projectId);
  const changes = useMemo(() => changesOf(rows, group, mpp), [rows, group, mpp]);
  const asked = useDeferredValue(open ? changes : null);
  const preview = useBulkPreview(projectId, asked === null ? null : { ...target, changes: asked });
  const close = (): void => {
    setRows([firstRow]);
    setGroup("");
    setMpp("");
    onClose();
  };
  const apply = (): void => {
    if (changes === null) return;
    edit.mutate(
      { ...target, changes },
      {
        onSuccess: (done) => {
          close();
          onDone(done);
        },
      },
    );
  };
  return (
    <Sheet
      open={open}
      onClose={close}
      title={`Edit ${plural(count, "image")}`}
      description="Words are kept as you write them; terms are found by themselves. You can undo the edit."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            look="primary"
            disabled={changes === null || preview.data?.changing === 0}
            busy={edit.isPending}
            onClick={apply}
          >
            {preview.data === undefined || changes === null
              ? "Change"
              : `Change ${plural(preview.data.changing, "image")}`}
          </Button>
        </>
      }
    >
      <FieldRows rows={rows} onChange={setRows} />
      <Field label="Group" hint="Images of one group stay on one side of a split.">
        {(ids) => (
          <input
            {...ids}
            className="control"
            maxLength={200}
            value={group}
            onChange={(event) => setGroup(event.target.value)}
          />
        )}
      </Field>
      <Field label="Pixel size, µm per pixel">
        {(ids) => (
          <input
            {...ids}
            type="number"
            step="any"
            min={0.001}
            max={1000}
            className="control"
            value={mpp}
            onChange={(event) => setMpp(event.target.value)}
          />
        )}
      </Field>
      <section aria-label="What this changes" aria-live="polite" className="flex flex-col gap-2 text-sm">
        {changes === null ? (
          <p className="text-quiet">Give a value, or clear a field.</p>
        ) : preview.isError ? (
          <Problem error={preview.error} />
        ) : preview.data === undefined ? (
          <p className="text-quiet">Counting …</p>
        ) : (
          <PreviewText preview={preview.data} />
        )}
      </section>
    </Sheet>
  );
}

function FieldRows({
  rows,
  onChange,
}: {
  rows: readonly Row[];
  onChange: (rows: readonly Row[]) => void;
}): ReactNode {
  const listId = useId();
  const set = (key: number, next: Partial<Row>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...next } : row)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm">Metadata</legend>
      <datalist id={listId}>
        {Object.keys(facetTitles).map((field) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      {rows.map((row) => (
        <div key={row.key} className="flex items-center gap-2">
          <input
            aria-label="Field"
            list={listId}
            className="control w-32"
            value={row.field}
            onChange={(event) => set(row.key, { field: event.target.value })}
          />
          {row.field in facetTitles && !row.clear ? (
            <TermBox
              className="min-w-0 flex-1"
              label={`Value of ${row.field}`}
              field={row.field}
              placeholder="Value"
              value={row.value}
              onChange={(value) => set(row.key, { value })}
            />
          ) : (
            <input
              aria-label={`Value of ${row.field === "" ? "the field" : row.field}`}
              className="control min-w-0 flex-1"
              placeholder={row.clear ? "will be cleared" : "Value"}
              disabled={row.clear}
              value={row.clear ? "" : row.value}
              onChange={(event) => set(row.key, { value: event.target.value })}
            />
          )}
          <label className="flex items-center gap-1.5">
            <input
              type="checkbox"
              className="size-3.5 accent-accent"
              checked={row.clear}
              onChange={(event) => set(row.key, { clear: event.target.checked })}
            />
            Clear
          </label>
          <IconButton
            label={`Leave ${row.field} as it is`}
            disabled={rows.length === 1}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          >
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
      ))}
      <div>
        <Button
          size="small"
          onClick={() =>
            onChange([
              ...rows,
              { key: Math.max(...rows.map(({ key }) => key)) + 1, field: "", value: "", clear: false },
            ])
          }
        >
          <Plus aria-hidden="true" className="size-3.5" />
          Another field
        </Button>
      </div>
    </fieldset>
  );
}

function PreviewText({ preview }: { preview: BulkPreview }): ReactNode {
  const same = preview.images - preview.changing;
  return (
    <>
      <p>
        {plural(preview.changing, "image")} will change
        {same === 0 ? "." : `; ${plural(same, "image")} already so.`}
      </p>
      {preview.present.map(({ field, values, moreValues }) => (
        <div key={field}>
          <p className="text-quiet">{field} now</p>
          <ul>
            {values.map(({ value, images }) => (
              <li key={value} className="flex justify-between gap-4">
                <span className="min-w-0 truncate">{value === "" ? "(none)" : value}</span>
                <span className="text-quiet">{formatCount(images)}</span>
              </li>
            ))}
          </ul>
          {moreValues > 0 && <p className="text-quiet">and {plural(moreValues, "other value")}</p>}
        </div>
      ))}
    </>
  );
}

/** null while nothing is set or cleared. */
function changesOf(rows: readonly Row[], group: string, mpp: string): BulkChanges | null {
  const named = rows.filter(
    ({ field, value, clear }) => field.trim() !== "" && (clear || value.trim() !== ""),
  );
  const metadata = Object.fromEntries(
    named.map(({ field, value, clear }) => [field.trim(), clear ? null : value.trim()]),
  );
  const size = Number(mpp);
  const changes: BulkChanges = {
    ...(named.length === 0 ? {} : { metadata }),
    ...(group.trim() === "" ? {} : { group: group.trim() }),
    ...(mpp === "" || !(size >= 0.001 && size <= 1000) ? {} : { mpp: { y: size, x: size } }),
  };
  return Object.keys(changes).length === 0 ? null : changes;
}
