#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

keystone_manage db_sync
bootstrap # the roles that are new in $RELEASE
