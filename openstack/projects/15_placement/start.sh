#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

if [[ ! -e $conf ]]; then
  url=$(database placement)
  mkdir -p "$DATA_DIR/placement"
  iniset "$conf" placement_database connection "$url"
  iniset "$conf" api auth_strategy keystone
  auth_section "$conf" keystone_authtoken placement
  placement_manage db sync
  service_account placement placement
fi

serve_wsgi placement /usr/bin/placement-api "OS_PLACEMENT_CONFIG_DIR=$DATA_DIR/placement"
