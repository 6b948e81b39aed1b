/**
 * The whole image in small with the part on the screen framed; a click or a drag goes there. And the ruler's button.
 *
 * The map is away while the whole image is in sight. For the keyboard there are the keys that fit, zoom and point.
 */

import { Ruler } from "lucide-react";
import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import { thumbnailUrl } from "../../client/index.ts";
import { minimapSize, placeOnMap, seenOnMap } from "./minimap.ts";
import { RulerLayer } from "./ruler-layer.tsx";
import { useView } from "./use-view.ts";
import type { ViewController } from "./view-controller.ts";

/** What lies over the picture to find one's way: minimap and ruler. Placed beside the surface, over it. */
export function Wayfinding({ image, view }: { image: ImageDetail; view: ViewController }): ReactNode {
  const [ruler, setRuler] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const surface = (): HTMLElement | null =>
    root.current?.parentElement?.querySelector<HTMLElement>('[data-testid="surface"]') ?? null;
  return (
    <>
      <div ref={root} className="absolute top-3 right-3 z-10 flex flex-col items-end gap-2">
        <button
          type="button"
          aria-label="Ruler"
          title="Ruler: measure a length"
          aria-pressed={ruler}
          data-testid="ruler"
          className="grid size-7 place-items-center rounded-md bg-bench/75 text-on-bench hover:bg-bench aria-pressed:bg-white aria-pressed:text-bench"
          onClick={() => setRuler(!ruler)}
        >
          <Ruler aria-hidden="true" className="size-4" />
        </button>
        <Minimap image={image} view={view} />
      </div>
      {ruler && <RulerLayer view={view} mpp={image.mpp} surface={surface} onClose={() => setRuler(false)} />}
    </>
  );
}

function Minimap({ image, view }: { image: ImageDetail; view: ViewController }): ReactNode {
  const current = useView(view);
  const held = useRef(false);
  const seen = seenOnMap(current, view.viewport, image);
  if (seen === null) return null;
  const size = minimapSize(image);
  const go = (event: PointerEvent<SVGSVGElement>): void => {
    if (!held.current) return;
    const box = event.currentTarget.getBoundingClientRect();
    const target = placeOnMap({ x: event.clientX - box.left, y: event.clientY - box.top }, image);
    view.goTo({ zoom: current.zoom, target });
  };
  return (
    <div
      className="relative overflow-hidden rounded-sm border border-on-bench-quiet/60 bg-bench"
      style={size}
      data-testid="minimap"
    >
      <img src={thumbnailUrl(image.id)} alt="" className="absolute inset-0 size-full" draggable={false} />
      <svg
        {...size}
        role="img"
        aria-label="Where the part on the screen lies in the image; click to go elsewhere"
        className="absolute inset-0 cursor-crosshair touch-none"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          held.current = true;
          go(event);
        }}
        onPointerMove={go}
        onPointerUp={() => {
          held.current = false;
        }}
        onPointerCancel={() => {
          held.current = false;
        }}
      >
        <rect {...seen} fill="none" stroke="black" strokeOpacity="0.6" strokeWidth="3.5" />
        <rect {...seen} fill="white" fillOpacity="0.12" stroke="white" strokeWidth="1.5" />
      </svg>
    </div>
  );
}
