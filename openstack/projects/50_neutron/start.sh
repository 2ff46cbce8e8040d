#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

if [[ ! -e $conf ]]; then
  url=$(database neutron)
  mkdir -p "$DATA_DIR"/neutron/{state,locks}
  iniset "$conf" DEFAULT core_plugin ml2
  iniset "$conf" DEFAULT service_plugins router
  iniset "$conf" DEFAULT state_path "$DATA_DIR/neutron/state"
  iniset "$conf" DEFAULT api_paste_config /etc/neutron/api-paste.ini # each release's own, in its root
  iniset "$conf" DEFAULT transport_url "$(transport_url)"
  iniset "$conf" DEFAULT host machine
  iniset "$conf" DEFAULT rpc_workers 1
  iniset "$conf" DEFAULT rpc_state_report_workers 0
  # Networks in name alone: no agent plugs anything on this machine. Their numbers are in the database, where each process
  # looks as it starts. One that has not yet looked there answers GET /ports with 500.
  iniset "$conf" ml2 type_drivers vxlan
  iniset "$conf" ml2 tenant_network_types vxlan
  iniset "$conf" ml2 mechanism_drivers ''
  iniset "$conf" ml2_type_vxlan vni_ranges 1:100
  iniset "$conf" oslo_concurrency lock_path "$DATA_DIR/neutron/locks"
  iniset "$conf" database connection "$url"
  auth_section "$conf" keystone_authtoken neutron
  neutron_db_manage upgrade heads
  service_account neutron network
fi

# 2025.1's API is served by processes of one thread.
WSGI_WORKERS='--processes 2 --threads 1' serve_wsgi neutron /usr/bin/neutron-api "OS_NEUTRON_CONFIG_DIR=$DATA_DIR/neutron" OS_NEUTRON_CONFIG_FILES=neutron.conf
serve neutron-rpc neutron-rpc-server --config-file "$conf"
ensure_services_started neutron neutron-rpc
