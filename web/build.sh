#!/usr/bin/env bash
# build.sh [OUT]: the screens into OUT (build/web): what a page needs, named by its content's hash, each
# file beside its compressed form. Needs npm, and its registry where a lock file has changed since; with
# node_modules there and current it needs no network. Does nothing when nothing has changed.
set -euo pipefail
web=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(realpath -m "${1:-$web/../build/web}")
cd "$web"
die() { printf 'web: %s\n' "$*" >&2; exit 1; }
without="or build without the screens: MF_WEB=OFF ./dev …, cmake -DMF_WEB=OFF"
command -v npm >/dev/null || die "npm is missing: ./dev installs it (apt-get install nodejs npm); $without"
mkdir -p "$out"
exec 9>"$out/.lock"   # builds of two presets share what comes of this
flock 9

# install FOLDER: what its lock file names, unless it is there already.
install() {
  (cd "$1" && { cmp -s package-lock.json node_modules/.installed ||
    { npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        die "npm could not install what $1/package-lock.json names: is its registry within reach? $without"
      cp package-lock.json node_modules/.installed; }; })
}
install toolchain
export PATH
PATH=$(./tools.sh printenv PATH)
install .

sources=$({ find apps packages scripts toolchain -name node_modules -prune -o -type f -print
            find . -maxdepth 1 -type f; } | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum)
[[ $sources == "$(cat "$out/.sources" 2>/dev/null)" ]] && exit 0

# Texts that stand in the code and not yet in the catalogues come into them; those without an English
# one then fail the build.
lingui extract --clean >"$out/.log" 2>&1 || { cat "$out/.log" >&2; die "texts could not be collected"; }
tsc --noEmit --project tsconfig.json >"$out/.types" & types=$!
rm -rf "$out/.new"
MF_WEB_OUT=$out/.new vite build --logLevel warn >"$out/.log" 2>&1 ||
  { cat "$out/.log" >&2; wait "$types" || cat "$out/.types" >&2; die "the screens could not be built"; }
mv "$out"/.new/apps/*/*.html "$out/.new"
rm -r "$out/.new/apps"
wait "$types" || { cat "$out/.types" >&2; die "the types don't fit"; }
node scripts/worker.mjs "$out/.new"
node scripts/compress.mjs "$out/.new"
rm -rf "$out"/*.html* "$out"/*.js* "$out"/*.webmanifest* "$out/assets"
mv "$out/.new"/* "$out"
rm -rf "$out/.new"
sources=$({ find apps packages scripts toolchain -name node_modules -prune -o -type f -print
            find . -maxdepth 1 -type f; } | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum)
printf '%s' "$sources" >"$out/.sources"
