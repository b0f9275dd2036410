// Keeps the field application on the phone, so that it opens without a network. What it keeps is named by
// the build (scripts/worker.mjs); orders and what is unsent are kept by the application itself.
const version = "__VERSION__", files = __FILES__;
const shelf = `field-${version}`;

self.addEventListener("install", (event) => event.waitUntil(caches.open(shelf).then((cache) =>
  cache.addAll(files.map((file) => new Request(file, file.startsWith("/assets/") ? {} : { cache: "no-cache" }))))));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("field-") && name !== shelf) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const isPage = request.mode === "navigate" && /^\/field(\/|$)/.test(url.pathname);
  const file = isPage ? "/field" : url.pathname;
  if (!files.includes(file)) return;
  event.respondWith(caches.open(shelf).then((cache) => cache.match(file)).then((kept) => kept ?? fetch(request)));
});

// A new version waits until whoever works says so: nothing changes under their fingers.
self.addEventListener("message", (event) => { if (event.data === "take over") self.skipWaiting(); });
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((all) => all[0]?.focus() ?? self.clients.openWindow("/field")));
});
