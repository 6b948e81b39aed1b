/**
 * Short messages at the lower right: what happened, why, what to do.
 *
 * The manager lives outside React, so that the query cache can report failures too. Errors stay until closed; the
 * rest goes away by itself.
 */

import { Toast } from "@base-ui/react/toast";
import { CircleAlert, Info, X } from "lucide-react";
import type { ReactNode } from "react";
import type { FoundryError } from "#core/errors.ts";
import { buttonClass } from "./button.tsx";

const toasts = Toast.createToastManager();

export function tell(title: string, description?: string): void {
  toasts.add({ title, description, timeout: 5000 });
}

/** With one thing to do about it, such as undo; stays long enough to be read and reached. */
export function tellWithAction(title: string, action: { label: string; onAction: () => void }): void {
  const id = toasts.add({
    title,
    timeout: 20_000,
    actionProps: {
      children: action.label,
      onClick: () => {
        toasts.close(id);
        action.onAction();
      },
    },
  });
}

/** The same problem twice is one toast, not two. */
export function tellProblem(error: FoundryError): void {
  toasts.add({
    id: `${error.code} ${error.message}`,
    title: error.message,
    description: error.hint,
    type: "error",
    priority: "high",
    timeout: 0,
  });
}

export function ToastArea({ children }: { children: ReactNode }): ReactNode {
  return (
    <Toast.Provider toastManager={toasts} limit={4}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-12 z-70 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList(): ReactNode {
  const manager = Toast.useToastManager();
  return manager.toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["right", "down"]}
      className="rounded-lg border border-line bg-raised shadow-pop transition-[opacity,translate] duration-150 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-3 p-3">
        {toast.type === "error" ? (
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
        ) : (
          <Info aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-accent" />
        )}
        <div className="min-w-0 flex-1">
          <Toast.Title className="break-words font-semibold" />
          <Toast.Description className="mt-0.5 break-words text-quiet" />
          <Toast.Action className={buttonClass("plain", "small").concat(" mt-2")} aria-hidden={false} />
        </div>
        <Toast.Close
          aria-label="Close message"
          // The part would hide it from readers until the message is hovered, although it can be reached by Tab.
          aria-hidden={false}
          className="inline-flex size-6 shrink-0 items-center justify-center rounded-md text-quiet hover:bg-hover hover:text-ink"
        >
          <X aria-hidden="true" className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
