/** A panel that slides over the right of the page for one piece of work; the page behind stays in sight. */

import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { classNames } from "./class-names.ts";

export function Sheet({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  wide = false,
  sturdy = false,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons; stays in sight while the content scrolls. */
  footer?: ReactNode;
  /** `extra` for work that needs the page's room: pictures, tables. */
  wide?: boolean | "extra";
  /** Holds work that would be lost: only its buttons close it, not Escape or a click beside it. */
  sturdy?: boolean;
}): ReactNode {
  // Neither the close button nor a button with consequences should lie under a stray Enter.
  const body = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next, { reason }) => {
        if (!next && !(sturdy && (reason === "escape-key" || reason === "outside-press"))) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-bench/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          initialFocus={body}
          className={classNames(
            wide === "extra" ? "w-208" : wide ? "w-160" : "w-120",
            "fixed inset-y-0 right-0 z-50 flex max-w-full flex-col border-l border-line bg-panel shadow-pop transition-transform duration-150 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full",
          )}
        >
          <header className="flex items-start gap-4 border-b border-line px-6 py-4">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
              {description !== undefined && (
                <Dialog.Description className="mt-1 text-quiet">{description}</Dialog.Description>
              )}
            </div>
            <Dialog.Close
              aria-label="Close"
              className="inline-flex size-8 items-center justify-center rounded-md text-quiet hover:bg-hover hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </Dialog.Close>
          </header>
          <div
            ref={body}
            tabIndex={-1}
            className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-6 py-4 outline-hidden"
          >
            {children}
          </div>
          {footer !== undefined && (
            <footer className="flex items-center justify-end gap-2 border-t border-line px-6 py-4">
              {footer}
            </footer>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
