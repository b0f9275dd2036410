import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// For tests and developers: no part of what is served.
export default defineConfig({
  plugins: [react()],
  build: { outDir: process.env.MF_WEB_OUT ?? "../../../../build/web-gallery", emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
});
