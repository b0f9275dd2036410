import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const node = process.env.MF_NODE ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [lingui({ macroTransform: true, failOnMissing: true }), react()],
  build: {
    target: "es2023",
    outDir: process.env.MF_WEB_OUT ?? "../../../build/web",
    emptyOutDir: false,
    // The policy of the pages forbids data: for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: "dispatch.html" },
  },
  server: {
    proxy: {
      "/v1": { target: node, ws: true, changeOrigin: true, headers: { origin: node } },
      "/favicon.svg": node,
    },
  },
});
