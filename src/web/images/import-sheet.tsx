/** Import: what was found, licence and sheet, upload with progress, then each file's outcome. */

import { FilePlus, FolderPlus } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { type NamedFile, useProject } from "../client/index.ts";
import { Button, Field, formatBytes, formatPercent, ProgressBar, Sheet } from "../ui/index.ts";
import { kindOf, summarise } from "./found-files.ts";
import { FoundList } from "./found-list.tsx";
import { ImportOutcome } from "./import-outcome.tsx";
import { readInput } from "./read-drop.ts";
import { useImport } from "./use-import.ts";

export function ImportSheet({
  projectId,
  dropped,
  onDropped,
}: {
  projectId: string;
  /** null: closed. Empty: open, nothing chosen yet. */
  dropped: readonly NamedFile[] | null;
  onDropped: (files: readonly NamedFile[] | null) => void;
}): ReactNode {
  const files = dropped ?? [];
  const project = useProject(projectId).data;
  const work = useImport(projectId);
  const [licence, setLicence] = useState("");
  const [sheetPath, setSheetPath] = useState<string | null>(null);

  const found = useMemo(() => summarise(files.map(({ path, file }) => ({ path, size: file.size }))), [files]);
  useEffect(() => setSheetPath(found.sheets[0] ?? null), [found]);

  const close = () => {
    work.reset();
    onDropped(null);
  };
  const send = () => {
    const sheet = files.find(({ path }) => path === sheetPath)?.file;
    work.start({
      files: files.filter(({ path }) => ["image", "labels", "archive"].includes(kindOf(path))),
      ...(sheet === undefined ? {} : { metadata: sheet }),
      ...(licence.trim() === "" ? {} : { licence: licence.trim() }),
    });
  };
  const usable = found.images + found.archives > 0;

  return (
    <Sheet
      open={dropped !== null}
      onClose={close}
      title={`Import into ${project?.name ?? "this project"}`}
      description="Nothing is changed in your files; they are copied."
      footer={
        work.state === "choosing" ? (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button look="primary" disabled={!usable} onClick={send}>
              {usable ? `Import ${formatBytes(found.bytes)}` : "Import"}
            </Button>
          </>
        ) : work.state === "sending" ? (
          <Button onClick={work.cancel}>Cancel the upload</Button>
        ) : (
          <Button look="primary" onClick={close}>
            Close
          </Button>
        )
      }
    >
      {work.state === "choosing" && (
        <>
          <Choose onFiles={onDropped} first={files.length === 0} />
          {files.length > 0 && (
            <>
              <FoundList found={found} sheetPath={sheetPath} onSheet={setSheetPath} />
              <Field
                label="Licence"
                hint="Who may use the images: CC0, CC BY 4.0, lab only. It travels with every dataset."
              >
                {(ids) => (
                  <input
                    {...ids}
                    className="control w-full"
                    maxLength={200}
                    value={licence}
                    onChange={(event) => setLicence(event.target.value)}
                  />
                )}
              </Field>
              <p className="text-sm text-quiet">
                Images of one donor, slide or movie belong to one group and never lie on both sides of a
                split. The group comes from the column “group” of a sheet; without a sheet, all images of this
                import form one group.
              </p>
            </>
          )}
        </>
      )}
      {work.state === "sending" && (
        <div role="status" className="flex flex-col gap-2">
          <p>
            Sending {formatBytes(work.bytesSent)} of {formatBytes(work.bytesTotal)}
            {work.bytesTotal > 0 && ` · ${formatPercent(work.bytesSent / work.bytesTotal)}`}
          </p>
          <ProgressBar
            label="Upload"
            fraction={work.bytesTotal === 0 ? null : work.bytesSent / work.bytesTotal}
          />
          <p className="text-sm text-quiet">Keep this page open until everything is sent.</p>
        </div>
      )}
      {work.state === "importing" && <ImportOutcome jobId={work.jobId} />}
    </Sheet>
  );
}

function Choose({
  onFiles,
  first,
}: {
  onFiles: (files: readonly NamedFile[]) => void;
  first: boolean;
}): ReactNode {
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  return (
    <div className="flex flex-col items-start gap-3">
      {first && (
        <p>
          Drop images or a folder on the page, or choose them here. TIFF, PNG and zip; labels beside the
          images are found by name (a.tif with a_masks.tif, images/ with labels/, DSB2018 folders).
        </p>
      )}
      <div className="flex gap-2">
        <Button onClick={() => folderInput.current?.click()}>
          <FolderPlus aria-hidden="true" className="size-4" />
          {first ? "Choose a folder" : "Another folder"}
        </Button>
        <Button onClick={() => fileInput.current?.click()}>
          <FilePlus aria-hidden="true" className="size-4" />
          {first ? "Choose files" : "Other files"}
        </Button>
      </div>
      <input
        ref={fileInput}
        type="file"
        multiple
        hidden
        data-testid="import-files"
        onChange={(event) => onFiles(readInput(event.target.files))}
      />
      <input
        ref={(element) => {
          folderInput.current = element;
          element?.setAttribute("webkitdirectory", "");
        }}
        type="file"
        multiple
        hidden
        data-testid="import-folder"
        onChange={(event) => onFiles(readInput(event.target.files))}
      />
    </div>
  );
}
