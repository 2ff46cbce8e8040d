#!/usr/bin/env bash
# Returns once the server and all its processes are gone.
set -euo pipefail
source "$GRENADE_DIR/functions"

service_stop --signal SIGINT postgres # its fast shutdown, which waits for no client
