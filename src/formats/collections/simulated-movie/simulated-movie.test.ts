import { expect, test } from "vitest";
import { renderObjects } from "#core/labels/index.ts";
import { type Track, tracksFromLinks } from "#core/lineage/index.ts";
import { type MovieFrame, simulateMovie } from "#core/movie/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { detectLayout } from "../../import/registry.ts";
import { readTrackTable } from "../../tracks/ctc-tables/track-table.ts";
import {
  movieFolder,
  movieListName,
  writeMovieFrame,
  writeMovieList,
  writeMovieTracks,
} from "./write-simulated-movie.ts";

const size = { height: 48, width: 56, mppUm: 1.5, frameCount: 6, frameIntervalMin: 30, cycleH: 3 } as const;

function write(): { frames: MovieFrame[]; tracks: Track[]; files: Record<string, Uint8Array | string> } {
  const movie = simulateMovie({ ...size, look: "nuclear", density: "medium", bits: 16 }, 6);
  const folder = movieFolder(movie.params, 1);
  const files: Record<string, Uint8Array | string> = {};
  const frames = [...movie.frames];
  for (const frame of frames)
    for (const { path, bytes } of writeMovieFrame(folder, movie.params, frame, frame.labels))
      files[`out/${path}`] = bytes;
  const tracks = movie.tracks();
  const table = writeMovieTracks(folder, tracks);
  files[`out/${table.path}`] = table.bytes;
  const counts = { tracks: tracks.length, divisions: 0, detections: 0 };
  files[`out/${movieListName}`] = writeMovieList([{ folder, seed: 6, ...counts, parameters: movie.params }]);
  return { frames, tracks, files };
}

test("what was simulated comes back: pixels, masks, lineage, licence; the files bear the challenge's names", async () => {
  const { frames, tracks, files } = write();
  expect(Object.keys(files).filter((path) => path.includes("000") || path.endsWith("txt"))).toEqual([
    "out/Fluo-N2DL-SIM/01/t000.tif",
    "out/Fluo-N2DL-SIM/01_GT/TRA/man_track000.tif",
    "out/Fluo-N2DL-SIM/01_ERR_SEG/mask000.tif",
    "out/Fluo-N2DL-SIM/01_GT/TRA/man_track.txt",
  ]);
  expect(tracks.some(({ daughters }) => daughters.length === 2)).toBe(true);
  const text = new TextDecoder().decode(files["out/Fluo-N2DL-SIM/01_GT/TRA/man_track.txt"] as Uint8Array);
  expect(readTrackTable(text, "man_track.txt")).toEqual(tracks);
  const given = memoryFiles("made", files);
  const { layout, plan } = await detectLayout(given);
  expect([layout.format, plan.licence, plan.items.length]).toEqual(["ctc", "CC0-1.0", 1]);
  expect(plan.ignored).toContainEqual({
    path: `out/${movieListName}`,
    reason: "it is the list of the movies",
  });
  const { image, layers } = await layout.open(given).read(plan.items[0]!);
  expect([image.image.axes, image.image.shape]).toEqual(["tyx", [6, 48, 56]]);
  const [layer] = layers;
  expect([layers.length, layer!.truth]).toEqual([1, "synthetic"]);
  for (const { t, image: pixels, labels } of frames) {
    expect(image.image.data.slice(t * 48 * 56, (t + 1) * 48 * 56)).toEqual(pixels.data);
    const shapes = layer!.objects.filter(({ shape }) => shape.t === t);
    expect(renderObjects(48, 56, shapes).data).toEqual(labels.data);
  }
  const detections = layer!.objects.map(({ label, shape }) => ({ label, t: shape.t }));
  const back = tracksFromLinks(detections, layer!.links, { labels: detections.map(({ label }) => label) });
  expect(back.tracks).toEqual(tracks.toSorted((a, b) => a.first - b.first || a.label - b.label));
});

test("more tracks than the format can name are refused with the frame", () => {
  const movie = simulateMovie({ ...size, look: "phase" }, 1);
  const frame = movie.frames.next().value!;
  const cells = [{ ...frame.cells[0]!, label: 70_000 }];
  expect(() => writeMovieFrame("PhC-C2DL-SIM/01", movie.params, { ...frame, cells }, null)).toThrow(
    expect.objectContaining({ code: "format.ctc", message: expect.stringContaining("frame 0") }),
  );
});
