#!/usr/bin/env bash
# Asks the node that runs.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

rabbitmqctl eval 'io:format("~s~n", [rabbit:product_version()]).' | head -n 1
