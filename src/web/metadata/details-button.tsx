/** Opens the details of an image; the form is loaded when it is asked for. */

import { Info } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { IconButton } from "../ui/index.ts";

const DetailsSheet = lazy(() =>
  import("./details-sheet.tsx").then((module) => ({ default: module.DetailsSheet })),
);

export function DetailsButton({ imageId }: { imageId: string }): ReactNode {
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  return (
    <>
      <IconButton
        label="Details and metadata"
        className="size-6!"
        data-testid="details"
        onClick={() => {
          setUsed(true);
          setOpen(true);
        }}
      >
        <Info aria-hidden="true" className="size-4" />
      </IconButton>
      {used && (
        <Suspense fallback={null}>
          <DetailsSheet imageId={imageId} open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
