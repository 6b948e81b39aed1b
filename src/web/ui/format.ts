/**
 * Numbers, times and sizes as people read them. Pure; English; the same everywhere on the page.
 *
 * A narrow no-break space stands between number and unit, so that "3 min" never breaks over a line.
 */

const counts = new Intl.NumberFormat("en");
const dates = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** U+202F, narrow no-break space. */
const THIN = "\u202f";

/** 3412 -> "3,412" */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** 1, "image" -> "1 image"; 2, "image" -> "2 images". @param many for nouns whose plural is not "-s". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Decimal units, as disks and networks are sold: 1_400_000 -> "1.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)}${THIN}${units[unit]}`;
}

/** Milliseconds -> "45 s", "3 min", "1 h 20 min". Two units at most: nobody plans by the second over an hour. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}${THIN}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) {
    const rest = seconds - Math.floor(seconds / 60) * 60;
    return seconds < 600 && rest > 0
      ? `${Math.floor(seconds / 60)}${THIN}min ${rest}${THIN}s`
      : `${minutes}${THIN}min`;
  }
  const hours = Math.floor(minutes / 60);
  const left = minutes - hours * 60;
  return left === 0 ? `${hours}${THIN}h` : `${hours}${THIN}h ${left}${THIN}min`;
}

/** Estimates are rounded up and coarse, because a countdown that jumps is not believed. */
export function formatTimeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 5) return "a few seconds left";
  if (seconds < 60) return `about ${Math.ceil(seconds / 5) * 5}${THIN}s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `about ${minutes}${THIN}min left`;
  return `about ${Math.round(minutes / 60)}${THIN}h left`;
}

/** 0.42 -> "42 %" */
export function formatPercent(fraction: number): string {
  return `${Math.round(fraction * 100)}${THIN}%`;
}

/** Metric values with three digits: the third is where models of one line differ. */
export function formatScore(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

/** ISO time -> "just now", "5 min ago", "14:05" (today), "3 Mar 2026". */
export function formatWhen(iso: string, now: number): string {
  const at = new Date(iso);
  const age = now - at.getTime();
  if (age < 45_000) return "just now";
  if (age < 3_600_000) return `${Math.max(1, Math.round(age / 60_000))}${THIN}min ago`;
  if (at.toDateString() === new Date(now).toDateString()) return clock.format(at);
  return dates.format(at);
}

/** ISO time -> "Mar 3, 2026" */
export function formatDate(iso: string): string {
  return dates.format(new Date(iso));
}

/** First 12 hex digits: enough to tell any two digests of a lab apart. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}
