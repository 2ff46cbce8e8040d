#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"

node "$PROJECT_DIR/ask.mjs" "http://127.0.0.1:$(free_port web)"
