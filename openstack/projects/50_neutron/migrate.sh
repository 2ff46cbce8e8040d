#!/usr/bin/env bash
# Nobody runs the old code any more, so what only adds and what takes away follow each other.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

neutron_db_manage upgrade --expand
neutron_db_manage upgrade --contract
