#!/usr/bin/env bash
# Every service is new: what is old in the tables can be made new, and nova's check of its services may look again.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

nova_manage db online_data_migrations
iniset "$conf" workarounds disable_compute_service_check_for_ffu false
