#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

upgrade_project nova "$PROJECT_DIR"
nova_manage api_db sync
nova_manage db sync
