/** What a screen shows when it has nothing else to show: loading, empty, failed, not allowed. */

import { CircleAlert, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { isFoundryError } from "#core/errors.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

/** Grey stand-ins with a sentence that says what is coming. */
export function Loading({ text, children }: { text: string; children?: ReactNode }): ReactNode {
  return (
    <div role="status" className="flex flex-col gap-4">
      <p className="text-quiet">{text}</p>
      {children ?? (
        <div aria-hidden="true" className="flex flex-col gap-2">
          <Bone className="h-8 w-full" />
          <Bone className="h-8 w-4/5" />
          <Bone className="h-8 w-3/5" />
        </div>
      )}
    </div>
  );
}

export function Bone({ className }: { className?: string }): ReactNode {
  return (
    <div
      className={classNames("animate-[shimmer_1.6s_ease-in-out_infinite] rounded-md bg-hover", className)}
    />
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <div className="flex max-w-xl flex-col items-start gap-3 rounded-lg border border-dashed border-edge px-6 py-6">
      <h2 className="font-semibold">{title}</h2>
      {children !== undefined && <div className="text-quiet">{children}</div>}
      {action}
    </div>
  );
}

/** A failed read, in place of what could not be read. Denial has its own words: nothing is broken. */
export function Problem({
  error,
  onRetry,
  page = false,
}: {
  error: unknown;
  onRetry?: () => void;
  /** It stands for a whole page: its words are the page's title. */
  page?: boolean;
}): ReactNode {
  const Title = page ? "h1" : "p";
  const known = isFoundryError(error) ? error : undefined;
  const denied = known?.code === "policy.denied";
  const Icon = denied ? Lock : CircleAlert;
  return (
    <div role="alert" className="flex max-w-xl items-start gap-3 rounded-lg border border-line bg-panel p-4">
      <Icon aria-hidden="true" className={classNames("mt-0.5 size-4 shrink-0", !denied && "text-bad")} />
      <div className="flex flex-col items-start gap-2">
        <div>
          <Title className="font-semibold">
            {known?.message ?? "Something went wrong in the page itself."}
          </Title>
          <p className="text-quiet">
            {known?.hint ??
              (denied
                ? "Ask an owner of this lab for a role that allows it."
                : "Try again, or reload the page; nothing that was saved is lost.")}
          </p>
        </div>
        {onRetry !== undefined && !denied && (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

/** An error inside a form or a table cell: what happened, and what to do. */
export function ProblemText({ error }: { error: { message: string; hint?: string | undefined } }): ReactNode {
  return (
    <p role="alert" className="text-sm text-bad">
      {error.message} {error.hint !== undefined && <span className="text-quiet">{error.hint}</span>}
    </p>
  );
}
