#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"

service_stop placement
