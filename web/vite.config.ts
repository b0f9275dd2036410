import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

const node = process.env.MF_NODE ?? "http://127.0.0.1:8080";
// Every page of every application in one build: what two of them need is one file for both.
const pages = readdirSync("apps").flatMap((app) =>
  readdirSync(`apps/${app}`).filter((name) => name.endsWith(".html")).map((name) => `apps/${app}/${name}`));

export default defineConfig({
  plugins: [lingui({ macroTransform: true, failOnMissing: true }), react()],
  build: {
    target: "es2023",
    outDir: process.env.MF_WEB_OUT ?? "../build/web",
    emptyOutDir: false,
    // What the worker of the field application keeps on the phone (scripts/worker.mjs).
    manifest: "manifest.json",
    // The policy of the pages forbids data: for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: pages },
  },
  server: {
    proxy: {
      "/v1": { target: node, ws: true, changeOrigin: true, headers: { origin: node } },
      "/favicon.svg": node,
    },
  },
});
