#!/usr/bin/env bash
# Asks the server that answers, not the package that was installed.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/lib.sh"

sql 'show server_version'
