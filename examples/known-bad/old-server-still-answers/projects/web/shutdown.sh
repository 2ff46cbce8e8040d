#!/usr/bin/env bash
# The parent ends. The child that it forked does not.
set -euo pipefail
source "$GRENADE_DIR/functions"

kill "$(<"$DATA_DIR/web.pid")"
