// document.mjs MICROFLOW: prints the OpenAPI document of a node that is started for this alone.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patience = 60_000;
const directory = mkdtempSync(join(tmpdir(), "microflow-types-"));
const node = spawn(
  process.argv[2],
  ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir",
    join(directory, "data")],
  { stdio: ["ignore", "pipe", "pipe"] },
);
let errors = "";
node.stderr.on("data", (text) => (errors += text));
const ended = new Promise((resolve) => node.on("close", resolve));

function ready() {
  return new Promise((resolve, reject) => {
    let printed = "";
    setTimeout(() => reject(new Error("the node did not get ready\n" + errors)), patience).unref();
    node.on("error", reject);
    node.on("close", () => reject(new Error("the node ended\n" + errors)));
    node.stdout.on("data", (text) => {
      const found = /^ready http=(\S+)/m.exec((printed += text));
      if (found) resolve(found[1]);
    });
  });
}

try {
  const answer = await fetch(`http://${await ready()}/v1/openapi.json`);
  if (answer.status !== 200) throw new Error(`the document was answered ${answer.status}`);
  process.stdout.write(await answer.text());
} catch (error) {
  process.stderr.write(`types: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  node.kill("SIGKILL");
  await ended;
  rmSync(directory, { recursive: true, force: true });
}
