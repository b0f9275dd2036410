// worker.mjs FOLDER: the field application's worker, with the names of what it keeps, out of what was built
// there; and its manifest. The build's own manifest is used up by this.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const out = process.argv[2], web = dirname(dirname(fileURLToPath(import.meta.url))), app = join(web, "apps/field");
const built = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
const files = new Set(["/field", "/field.webmanifest", "/favicon.svg"]), seen = new Set();
const take = (name) => {
  const one = built[name];
  if (!one || seen.has(name)) return;
  seen.add(name);
  for (const file of [one.file, ...(one.css ?? []), ...(one.assets ?? [])]) if (!file.endsWith(".html")) files.add(`/${file}`);
  for (const next of [...(one.imports ?? []), ...(one.dynamicImports ?? [])]) take(next);
};
take("apps/field/field.html");
const worker = readFileSync(join(app, "field-sw.js"), "utf8"), digest = createHash("sha256").update(worker);
for (const file of [...files].sort()) digest.update(file);
digest.update(readFileSync(join(out, "field.html"))).update(readFileSync(join(app, "field.webmanifest")));
writeFileSync(join(out, "field-sw.js"), worker.replace("__VERSION__", digest.digest("hex").slice(0, 16))
  .replace("__FILES__", JSON.stringify([...files].sort())));
copyFileSync(join(app, "field.webmanifest"), join(out, "field.webmanifest"));
rmSync(join(out, "manifest.json"));
