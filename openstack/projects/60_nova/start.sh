#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

first=
if [[ ! -e $conf ]]; then
  first=1
  build_guest
  source "$PROJECT_DIR/configure.sh"
  nova_manage api_db sync
  nova_manage cell_v2 map_cell0 --database_connection "$(database nova nova_cell0)"
  nova_manage cell_v2 create_cell --name cell1
  nova_manage db sync
  service_account nova compute /v2.1
fi

mkdir -p "$root/etc/libvirt" # where libvirtd.sh mounts its configuration; not every release's packages have it
serve libvirt "$PROJECT_DIR/libvirtd.sh"
await "$SERVICE_TIMEOUT" "libvirt's socket" test -S "$DATA_DIR/run/libvirt/libvirt-sock"
serve nova-conductor nova-conductor --config-file "$conf" --config-file "$cells"
serve nova-scheduler nova-scheduler --config-file "$conf" --config-file "$cells"
serve nova-compute python3 "$PROJECT_DIR/nova-compute.py" --config-file "$conf"
# Processes of one thread: with more, 2025.1's API does not hear what a compute service answers. Its routes are its release's.
WSGI_WORKERS='--processes 2 --threads 1' serve_wsgi nova /usr/bin/nova-api-wsgi \
  "OS_NOVA_CONFIG_FILES=/etc/nova/api-paste.ini;$conf;$cells"

# up: whether all of them have told so since this hook began.
up() {
  ensure_services_started libvirt nova nova-conductor nova-scheduler nova-compute
  [[ $(sql "select group_concat(distinct \`binary\` order by 1) from nova.services
            where deleted = 0 and last_seen_up > utc_timestamp() - interval $SECONDS second") == \
    nova-compute,nova-conductor,nova-scheduler ]]
}
await "$SERVICE_TIMEOUT" "all of nova's services to be up" up

if [[ -n $first ]]; then
  nova_manage cell_v2 discover_hosts # there is a host to find now
fi
