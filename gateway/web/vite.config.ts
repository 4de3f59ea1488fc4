import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Everything the page loads is a file of its own origin: no inlined images, scripts or styles. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What counts is what crosses the wire at the start, and a test bounds that: 130 KiB, compressed.
    chunkSizeWarningLimit: 1_000,
  },
});
