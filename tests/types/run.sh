#!/usr/bin/env bash
# run.sh MICROFLOW DIR: types for TypeScript from the document of a running node, and a console's use
# of them compiled. Works in DIR; needs npm and, the first time, its registry.
set -euo pipefail
die() { printf 'types: %s\n' "$*" >&2; exit 1; }
(($# == 2)) || die "usage: run.sh MICROFLOW DIR"
microflow=$(realpath "$1") dir=$2 here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v npm >/dev/null || die "npm is missing: apt-get install nodejs npm, as ./dev test does"

mkdir -p "$dir"
cp "$here"/{package.json,package-lock.json,tsconfig.json,console.ts,document.mjs} "$dir"
cd "$dir"
if ! cmp -s package-lock.json installed; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    die "npm could not install what package-lock.json names: is its registry within reach?"
  cp package-lock.json installed
fi
node document.mjs "$microflow" >openapi.json
node_modules/.bin/openapi-typescript openapi.json --output api.ts >/dev/null
node_modules/.bin/tsc --project . || die "console.ts does not fit the types in $dir/api.ts"
echo "All tests passed (1 assertion in 1 test case)"
