#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"

install_packages
