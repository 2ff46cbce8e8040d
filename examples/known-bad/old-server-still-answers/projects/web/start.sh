#!/usr/bin/env bash
# What many start scripts do, and service_start does not: put it into the background and remember its pid.
set -euo pipefail
source "$GRENADE_DIR/functions"

port=$(free_port web)
node "$PROJECT_DIR/server.mjs" "$port" >>"$DATA_DIR/web.log" 2>&1 </dev/null &
echo $! >"$DATA_DIR/web.pid"
wait_for_port "$port" # somebody listens; but who?
