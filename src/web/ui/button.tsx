/** Buttons: plain, primary (at most one in sight), danger, and quiet ones for rows and toolbars. */

import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type ButtonLook = "plain" | "primary" | "danger" | "quiet";

const looks: Record<ButtonLook, string> = {
  plain: "border border-edge bg-raised text-ink hover:not-disabled:bg-hover",
  primary:
    "border border-accent bg-accent text-on-accent hover:not-disabled:bg-accent-strong hover:not-disabled:border-accent-strong",
  danger: "border border-bad bg-raised text-bad hover:not-disabled:bg-bad-wash",
  quiet: "text-quiet hover:not-disabled:bg-hover hover:not-disabled:text-ink",
};

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "plain", size: "normal" | "small" = "normal"): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md whitespace-nowrap select-none disabled:opacity-55",
    size === "normal" ? "h-8 px-3 text-base" : "h-6 px-2 text-sm",
    looks[look],
  );
}

export function Button({
  look = "plain",
  size = "normal",
  busy = false,
  className,
  children,
  ...rest
}: ComponentProps<"button"> & {
  look?: ButtonLook;
  size?: "normal" | "small";
  /** Work of this button is under way: it stays focusable but does nothing more. */
  busy?: boolean;
}): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
      className={classNames(buttonClass(look, size), busy && "opacity-70", className)}
    >
      {children}
    </button>
  );
}

/** A square button with a picture; `label` is its name for those who cannot see it, and its tooltip. */
export function IconButton({
  label,
  children,
  className,
  ...rest
}: ComponentProps<"button"> & { label: string }): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md text-quiet hover:not-disabled:bg-hover hover:not-disabled:text-ink disabled:opacity-55",
        className,
      )}
    >
      {children}
    </button>
  );
}
