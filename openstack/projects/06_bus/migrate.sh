#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"

upgrade_project bus "$PROJECT_DIR"
