/** Hands a file over to the browser, which saves it as it saves any download. */
export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the bytes by then; kept longer, they would stay in memory as long as the page.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
