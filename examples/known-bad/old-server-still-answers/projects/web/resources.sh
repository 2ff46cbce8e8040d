#!/usr/bin/env bash
# Looks only whether somebody answers, which is not enough to see what is wrong here.
set -euo pipefail
source "$GRENADE_DIR/functions"

case $1 in
  verify) node "$PROJECT_DIR/ask.mjs" "http://127.0.0.1:$(free_port web)" ;;
esac
