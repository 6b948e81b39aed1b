/** Files and folders can be dropped anywhere on the page; while they hover, the page says so. */

import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { type NamedFile, toFoundryError } from "../client/index.ts";
import { tellProblem } from "../ui/index.ts";
import { readDrop } from "./read-drop.ts";

export function DropArea({
  enabled,
  onFiles,
  text = "Drop images or a folder to import them",
  children,
}: {
  enabled: boolean;
  onFiles: (files: readonly NamedFile[]) => void;
  text?: string;
  children: ReactNode;
}): ReactNode {
  const [hovering, setHovering] = useState(false);
  // Entering a child leaves its parent: only the balance of both says whether the pointer is still over the page.
  const depth = useRef(0);

  const isFiles = (event: DragEvent) => enabled && event.dataTransfer.types.includes("Files");
  const enter = (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    depth.current += 1;
    setHovering(true);
  };
  const leave = (event: DragEvent) => {
    if (!isFiles(event)) return;
    depth.current = Math.max(0, depth.current - 1);
    setHovering(depth.current > 0);
  };
  const drop = (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setHovering(false);
    readDrop(event.dataTransfer).then(onFiles, (error: unknown) => tellProblem(toFoundryError(error)));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has a keyboard equal in each page's file buttons
    <div
      className="relative h-full"
      onDragEnter={enter}
      onDragOver={(event) => isFiles(event) && event.preventDefault()}
      onDragLeave={leave}
      onDrop={drop}
    >
      {children}
      {hovering && (
        <div className="pointer-events-none absolute inset-0 z-30 bg-page/90 p-2 text-lg">
          <div className="grid h-full place-items-center rounded-lg border-2 border-dashed border-accent">
            {text}
          </div>
        </div>
      )}
    </div>
  );
}
