// Build of the browser application: `src/web` -> `dist/web`, which the server hands out as it is.
// Layers are found through the "imports" of package.json (#core/…), the same names as on the server.
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder("./src/web"),
  plugins: [react(), tailwindcss()],
  // The neural-network runtime without its WebAssembly part inside: that is a file of its own, loaded when it is used.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  // Workers load parts on demand, which only modules can.
  worker: { format: "es" },
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
