#!/usr/bin/env bash
# s3rver does not tell its version. So look at the process that answers, not at the package that was installed.
set -euo pipefail
source "$GRENADE_DIR/functions"

node "$PROJECT_DIR/listener.mjs" "$(free_port s3rver)"
