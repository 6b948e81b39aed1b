/** Text to take away: a command, a link, a digest, each with a copy button that says when it worked. */

import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { classNames } from "./class-names.ts";
import { shortDigest } from "./format.ts";

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={copied ? "Copied" : label}
      title={copied ? "Copied" : label}
      onClick={() => void copyText(text).then(setCopied)}
      className="inline-flex size-6 shrink-0 items-center justify-center rounded-md text-quiet hover:bg-hover hover:text-ink"
    >
      <Icon aria-hidden="true" className={classNames("size-3.5", copied && "text-good")} />
      <span aria-live="polite" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}

/** A command or snippet in a box. */
export function CopyBlock({ label, text }: { label: string; text: string }): ReactNode {
  return (
    <div className="flex flex-col gap-1">
      <div className="text-sm text-quiet">{label}</div>
      <div className="flex items-start gap-1 rounded-md border border-line bg-sunken p-1 pl-3">
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-xs leading-4 whitespace-pre"
        >
          {text}
        </pre>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
    </div>
  );
}

export function Digest({ digest, what }: { digest: string; what: string }): ReactNode {
  return (
    <span className="inline-flex items-center gap-1">
      <code className="font-mono text-xs" title={digest}>
        {shortDigest(digest)}
      </code>
      <CopyButton text={digest} label={`Copy ${what}`} />
    </span>
  );
}

/** The clipboard is missing on plain http from another machine; a hidden field and the old command still work. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
