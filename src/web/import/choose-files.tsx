/** Before anything was dropped: what can be dropped, and the same by buttons. */

import { FilePlus, FolderPlus } from "lucide-react";
import { type ReactNode, useRef } from "react";
import type { NamedFile } from "../client/index.ts";
import { readInput } from "../images/read-drop.ts";
import { Button } from "../ui/index.ts";

export function ChooseFiles({
  onFiles,
  again = false,
}: {
  onFiles: (files: readonly NamedFile[]) => void;
  /** Something was sent already. */
  again?: boolean;
}): ReactNode {
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  return (
    <div className="flex flex-col items-start gap-4">
      {!again && (
        <>
          <p>Drop a folder, a zip or files anywhere on the page, or choose them here.</p>
          <p className="max-w-prose text-sm text-quiet">
            Read are OME-TIFF, TIFF, OME-Zarr, PNG, JPEG and npz; labels beside images or in Cellpose,
            StarDist, ImageJ, COCO, QuPath, Cell Tracking Challenge and DeepCell form; and public data sets by
            their folders. A sheet (CSV or YAML) among the files describes the images. You see what was
            understood, and answer what the files do not say, before anything is imported.
          </p>
        </>
      )}
      <div className="flex gap-2">
        <Button onClick={() => folderInput.current?.click()}>
          <FolderPlus aria-hidden="true" className="size-4" />
          {again ? "Another folder" : "Choose a folder"}
        </Button>
        <Button onClick={() => fileInput.current?.click()}>
          <FilePlus aria-hidden="true" className="size-4" />
          {again ? "Other files" : "Choose files"}
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
