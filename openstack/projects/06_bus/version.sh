#!/usr/bin/env bash
# Asks the node that runs.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

answer=$(rabbitmqctl eval 'io:format("~s~n", [rabbit:product_version()]).') # a line more says ok; who hangs up on it, breaks it
echo "${answer%%$'\n'*}"
