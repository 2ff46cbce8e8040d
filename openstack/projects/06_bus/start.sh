#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

new=
if [[ ! -e $data ]]; then
  new=1
  mkdir -p "$data"
  echo '[].' >"$data/plugins"
fi
serve bus "${with_bus[@]}" /usr/lib/rabbitmq/bin/rabbitmq-server
wait_for_port "$(free_port bus)"
rabbitmqctl await_startup --timeout "$SERVICE_TIMEOUT"

if [[ -n $new ]]; then
  rabbitmqctl add_user openstack "$(secret bus)"
  rabbitmqctl set_permissions openstack '.*' '.*' '.*'
  rabbitmqctl delete_user guest
fi
