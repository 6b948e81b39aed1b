/** Finding spots: a channel, the size of a spot, a threshold with live preview; kept as edits when a person says so. */

import { type ReactNode, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import type { BoundingBox } from "#core/array/index.ts";
import { spotSigmaPxMax, spotSigmaPxMin } from "#core/spots/index.ts";
import { Button, formatCount, Problem, ProgressBar, plural } from "../../ui/index.ts";
import { channelNames } from "../measure/measure-desk.ts";
import { shortNumber } from "../measure/plot-scale.ts";
import { ValueSlider } from "../panels/range.tsx";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { SpotDesk } from "./spot-desk.ts";
import { searchPixelsMax } from "./spot-draft.ts";

const firstSigmaPx = 1.5;

export function FindSpots({
  image,
  session,
  desk,
}: {
  image: ImageDetail;
  session: EditorSession;
  desk: SpotDesk;
}): ReactNode {
  const channels = channelNames(image);
  const [channel, setChannel] = useState(0);
  const [sigma, setSigma] = useState(firstSigmaPx);
  const { kind } = useStore(desk.store, (state) => state);
  const draft = useStore(desk.draft.store, (state) => state);
  const whole: BoundingBox = [0, 0, image.height, image.width];
  const search = (): void => {
    const box = areaOf(whole) <= searchPixelsMax ? whole : desk.seen;
    if (box === null || areaOf(box) > searchPixelsMax || areaOf(box) === 0) {
      session.note(
        "This image is too large to be searched at once. Zoom in: what is on the screen is searched.",
      );
      return;
    }
    desk.draft.search(session.state.plane, channel, sigma, box);
  };
  const strongest = draft.found?.response[0] ?? 0;
  return (
    <details className="flex flex-col gap-2 text-sm">
      <summary className="cursor-pointer">Find spots in a channel</summary>
      <div className="flex flex-col gap-2 pt-2">
        <div className="flex flex-wrap items-center gap-2">
          <select
            aria-label="Channel with spots"
            className="control pr-6!"
            value={channel}
            onChange={(event) => setChannel(Number(event.currentTarget.value))}
          >
            {channels.map((name, c) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its index.
              <option key={c} value={c}>
                {name}
              </option>
            ))}
          </select>
          <label className="inline-flex items-center gap-1">
            Size
            <input
              type="number"
              aria-label="Size of a spot, standard deviation in px"
              className="control w-18"
              min={spotSigmaPxMin}
              max={spotSigmaPxMax}
              step={0.25}
              value={sigma}
              onChange={({ currentTarget: { valueAsNumber } }) => {
                if (valueAsNumber >= spotSigmaPxMin && valueAsNumber <= spotSigmaPxMax)
                  setSigma(valueAsNumber);
              }}
            />
            px
          </label>
          <Button size="small" onClick={search} busy={draft.phase === "searching"} data-testid="spots-find">
            Find
          </Button>
        </div>
        {draft.phase === "searching" && (
          <div role="status">
            <span className="text-xs text-quiet">Looking for spots …</span>
            <ProgressBar label="Looking for spots" fraction={null} />
          </div>
        )}
        {draft.phase === "failed" && <Problem error={draft.error} onRetry={search} />}
        {draft.phase === "ready" && (
          <>
            <ValueSlider
              label="Threshold"
              value={strongest === 0 ? null : draft.threshold}
              min={0}
              max={strongest}
              step={strongest / 500 || 1}
              text={shortNumber}
              onChange={(threshold) => desk.draft.setThreshold(threshold)}
            />
            <p role="status" data-testid="spots-found">
              {plural(draft.count, "spot")} of {formatCount(draft.found?.response.length ?? 0)} bright points
            </p>
            <div className="flex flex-wrap items-center gap-1">
              <Button
                size="small"
                look="primary"
                disabled={draft.count === 0 || kind.trim() === ""}
                data-testid="spots-keep"
                onClick={() => desk.draft.keep(kind.trim())}
              >
                Keep as {kind.trim() === "" ? "…" : kind.trim()}
              </Button>
              <Button size="small" look="quiet" onClick={() => desk.draft.drop()}>
                Drop
              </Button>
              {kind.trim() === "" && <span className="text-quiet">Name the kind above first.</span>}
            </div>
          </>
        )}
      </div>
    </details>
  );
}

const areaOf = ([y0, x0, y1, x1]: BoundingBox): number => Math.max(0, y1 - y0) * Math.max(0, x1 - x0);
