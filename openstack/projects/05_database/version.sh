#!/usr/bin/env bash
# Asks the server that answers.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"

sql 'select version()'
