#!/usr/bin/env bash
# Nothing on the bus has to survive; it has to carry messages, for the user that services are.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

case $1 in
  verify)
    rabbitmqctl authenticate_user openstack "$(secret bus)"
    ;;
esac
