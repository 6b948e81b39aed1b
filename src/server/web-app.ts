/**
 * The built pages: files by name, and `index.html` for every address that is a screen.
 *
 * The list of files is made at start, so no address can become a path that is not in it. Hashed assets never change
 * and are kept for ever; `index.html` is asked for each time, so that a new version is seen at once.
 */

import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type CompressedFiles, createCompressedFiles } from "./compressed-files.ts";
import { noSuchRoute } from "./register.ts";

/** Vite puts files whose names carry a digest of their content here. */
const hashedFolder = "assets/";

/** Answers addresses outside `/api`. Without built pages a sentence says what is missing. */
export async function addWebApp(app: FastifyInstance, webDir: string | undefined): Promise<void> {
  const files = webDir === undefined ? new Set<string>() : await listFiles(webDir);
  if (webDir !== undefined && files.size > 0) {
    await app.register(fastifyStatic, { root: webDir, serve: false, cacheControl: false });
  }
  const compressed = createCompressedFiles(webDir ?? "");
  app.setNotFoundHandler((request, reply) => answer(files, compressed, request, reply));
}

function answer(
  files: ReadonlySet<string>,
  compressed: CompressedFiles,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | Promise<FastifyReply> {
  const path = pathOf(request.url);
  const readable = request.method === "GET" || request.method === "HEAD";
  if (!readable || path === undefined || path === "api" || path.startsWith("api/")) throw noSuchRoute();
  if (files.has(path) && path !== "index.html") {
    const hashed = path.startsWith(hashedFolder);
    reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    return compressed.type(path) === undefined || !acceptsGzip(request)
      ? reply.sendFile(path)
      : sendCompressed(compressed, path, reply);
  }
  // A missing script must not become a page: the browser would try to run it.
  if (path.startsWith(hashedFolder)) throw noSuchRoute();
  if (files.has("index.html")) return reply.header("cache-control", "no-cache").sendFile("index.html");
  return reply
    .code(path === "" ? 200 : 404)
    .type("text/plain; charset=utf-8")
    .send("The pages are not built. Run `npm run build`, then start the server again. The API is at /api.\n");
}

const acceptsGzip = ({ headers }: FastifyRequest): boolean =>
  /(^|[\s,])gzip([\s,;]|$)/.test(headers["accept-encoding"] ?? "");

async function sendCompressed(
  files: CompressedFiles,
  path: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const bytes = await files.read(path);
  return reply
    .header("content-encoding", "gzip")
    .header("vary", "accept-encoding")
    .type(files.type(path) ?? "application/octet-stream")
    .send(bytes);
}

/** Path without query and leading slash, or undefined when it is not decodable. */
function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent((url.split(/[?#]/)[0] ?? "").replace(/^\/+/, ""));
  } catch {
    return undefined;
  }
}

async function listFiles(root: string): Promise<Set<string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/")),
  );
}
