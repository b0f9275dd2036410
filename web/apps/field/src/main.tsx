import { start, toasts } from "@microflow/app";
import { t } from "@lingui/core/macro";
import { App } from "./App";
import "@microflow/ui/styles.css";
import "@microflow/app/app.css";
import "./field.css";

await start(<App />);

// The page opens without a network from its second visit on; a new version takes over when somebody says so.
if ("serviceWorker" in navigator && import.meta.env.PROD)
  void navigator.serviceWorker.register("/field-sw.js", { scope: "/field" }).then((here) => {
    const offer = (worker: ServiceWorker | null) => {
      if (!worker || !navigator.serviceWorker.controller) return;
      toasts.show(t`Hay una versión nueva`, { forMs: 600_000, action: { text: t`Actualizar`, run: () => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        worker.postMessage("take over");
      } } });
    };
    offer(here.waiting);
    here.addEventListener("updatefound", () => {
      const worker = here.installing;
      worker?.addEventListener("statechange", () => { if (worker.state === "installed") offer(worker); });
    });
  }).catch(() => {});
