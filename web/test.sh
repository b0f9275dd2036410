#!/usr/bin/env bash
# test.sh MICROFLOW [DIR]: the client and the screens against real nodes of this program; and whether what
# is typed here fits the document that the program serves. Pictures of the screens come into build/.
# The screens in a browser are long (MF_LONG=1, as `./dev test --long` says) and need Chromium (Debian's package
# chromium, or MF_CHROMIUM); without either they are left out, and it says so.
set -euo pipefail
web=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
(($# >= 1)) || { echo "usage: test.sh MICROFLOW [DIR]" >&2; exit 2; }
MF_BINARY=$(realpath "$1")
export MF_BINARY
dir=$(realpath -m "${2:-$web/../build/web-tests}")
export MF_PICTURES=${MF_PICTURES:-$dir/../web-pictures}
mkdir -p "$dir"
cd "$web"

./tools.sh node scripts/documents.mjs "$MF_BINARY" "$dir/schema.ts"
cat >"$dir/tsconfig.json" <<JSON
{"extends": "$web/tsconfig.json", "compilerOptions": {"paths": {"@microflow/schema": ["$dir/schema.ts"]}}}
JSON
./tools.sh tsc --project "$dir/tsconfig.json" ||
  { echo "web: the screens don't fit this program's document any more (web/README.md: new types)" >&2; exit 1; }

suites=(packages/client packages/app apps/dispatch apps/field apps/track)
if [[ -z ${MF_LONG:-} ]]; then echo "web: the screens in a browser are left to ./dev test --long"
elif [[ -n ${MF_CHROMIUM:-} ]] || command -v chromium >/dev/null; then suites+=(tests)
else echo "web: no Chromium here: the screens are not tested"; fi
status=0 count=0
for suite in "${suites[@]}"; do
  json=$dir/${suite//\//-}.json
  ./tools.sh vitest run --root "$suite" --reporter=default --reporter=json --outputFile.json="$json" || status=1
  count=$((count + $(./tools.sh node -p "JSON.parse(require('fs').readFileSync('$json')).numPassedTests")))
done
if ((status == 0)); then echo "All tests passed ($count assertions in $((count + 1)) test cases)"; fi
exit $status
