// documents.mjs MICROFLOW|URL [OUT]: the types of packages/client/src/schema.ts from the document of a
// node: one that runs at URL, or one that is started for this alone.
import { execFileSync } from "node:child_process";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const [from, out = join(web, "packages/client/src/schema.ts")] = process.argv.slice(2);
const text = /^https?:/.test(from)
  ? await (await fetch(`${from}/v1/openapi.json`)).text()
  : execFileSync(process.execPath, [join(web, "../tests/types/document.mjs"), resolve(from)],
      { encoding: "utf8", maxBuffer: 1 << 26 });
const document = JSON.parse(text);
// Pages are what is built with these types; their names would change them at every build.
for (const [path, methods] of Object.entries(document.paths))
  if (methods.get?.tags?.includes("pages")) delete document.paths[path];

const directory = mkdtempSync(join(tmpdir(), "microflow-document-"));
try {
  const file = join(directory, "openapi.json");
  writeFileSync(file, JSON.stringify(document));
  execFileSync(process.execPath,
    [join(web, "node_modules/openapi-typescript/bin/cli.js"), file, "--output", resolve(out)],
    { stdio: ["ignore", "ignore", "inherit"] });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
