/**
 * Sending files, with progress.
 *
 * XMLHttpRequest, because `fetch` cannot tell how much of a request has left the computer.
 */

import { apiUrl, readAnswer, unreachable } from "./http.ts";

export interface UploadProgress {
  readonly bytesSent: number;
  readonly bytesTotal: number;
}

export interface UploadOptions {
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly signal?: AbortSignal;
}

/** A file and the relative path ("plate-1/a.tif", forward slashes) under which the server shall know it. */
export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

/** Sends a multipart form; same errors as `request`. An abort rejects with a DOMException "AbortError". */
export function upload<T>(path: string, form: FormData, options: UploadOptions = {}): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    const settle = (act: () => void) => {
      options.signal?.removeEventListener("abort", abort);
      act();
    };
    xhr.open("POST", apiUrl(path));
    xhr.setRequestHeader("x-cellfoundry", "1");
    xhr.upload.onprogress = (event) =>
      options.onProgress?.({ bytesSent: event.loaded, bytesTotal: event.total });
    xhr.onload = () =>
      settle(() => {
        try {
          resolve(readAnswer<T>(xhr.status, xhr.responseText));
        } catch (error) {
          reject(error);
        }
      });
    xhr.onerror = () => settle(() => reject(unreachable()));
    xhr.onabort = () => settle(() => reject(new DOMException("The upload was cancelled.", "AbortError")));
    if (options.signal?.aborted === true) {
      reject(new DOMException("The upload was cancelled.", "AbortError"));
      return;
    }
    options.signal?.addEventListener("abort", abort);
    xhr.send(form);
  });
}
