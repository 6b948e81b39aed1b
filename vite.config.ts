// Build of the browser application: `src/web` -> `dist/web`, which the server hands out as it is.
// Layers are found through the "imports" of package.json (#core/…), the same names as on the server.
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder("./src/web"),
  plugins: [react(), tailwindcss()],
  build: {
    outDir: folder("./dist/web"),
    emptyOutDir: true,
    target: "es2023",
    // Inline data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    // The editor's viewer (deck.gl) is one large chunk on purpose: it loads with the editor and never before.
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { "/api": process.env["CELLFOUNDRY_URL"] ?? "http://127.0.0.1:8787" } },
});
