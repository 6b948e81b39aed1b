/**
 * Words shared by all layouts: files by name, and files that are left aside.
 */

export interface FileEntry {
  /** Relative path with forward slashes. */
  readonly path: string;
  readonly size: number;
}

export interface IgnoredFile {
  readonly path: string;
  readonly reason: string;
}
