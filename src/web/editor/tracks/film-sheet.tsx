/** The movie with its tracks drawn over it, played in a sheet and kept as a file. */

import { type ReactNode, useEffect, useState } from "react";
import type { LayerSummary } from "#api/index.ts";
import type { FoundryError } from "#core/errors.ts";
import { toFoundryError, tracksApi } from "../../client/index.ts";
import { Button, buttonClass, Loading, Problem, Sheet } from "../../ui/index.ts";
import type { EditorSession } from "../session/editor-session.ts";

interface FilmSheetProps {
  readonly session: EditorSession;
  readonly layer: LayerSummary;
  readonly fileStem: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

export function FilmSheet({ session, layer, fileStem, open, onClose }: FilmSheetProps): ReactNode {
  const [film, setFilm] = useState<string | FoundryError | null>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again.
  useEffect(() => {
    if (!open) return;
    const asking = new AbortController();
    let address: string | null = null;
    setFilm(null);
    const ask = async (): Promise<void> => {
      // The server draws what it has: the last links are sent first.
      await session.settled();
      const blob = await tracksApi.film(layer.id, asking.signal);
      if (asking.signal.aborted) return;
      address = URL.createObjectURL(blob);
      setFilm(address);
    };
    ask().catch((error: unknown) => {
      if (!asking.signal.aborted) setFilm(toFoundryError(error));
    });
    return () => {
      asking.abort();
      if (address !== null) URL.revokeObjectURL(address);
    };
  }, [open, session, layer.id, attempt]);
  const name = `${fileStem} tracks.gif`;
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title="Film of the tracks"
      description="Outlines and ways in the colours of the tracks; rings and lines where cells divided."
      wide
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          {typeof film === "string" && (
            <a className={buttonClass("primary")} href={film} download={name} data-testid="film-save">
              Save GIF
            </a>
          )}
        </>
      }
    >
      {film === null ? (
        <Loading text="Drawing the film …" />
      ) : typeof film === "string" ? (
        <img
          src={film}
          alt={`Tracks of ${fileStem} over time`}
          data-testid="film"
          className="max-h-[70vh] w-full rounded-md bg-bench object-contain"
          style={{ imageRendering: "pixelated" }}
        />
      ) : (
        <Problem error={film} onRetry={() => setAttempt(attempt + 1)} />
      )}
    </Sheet>
  );
}
