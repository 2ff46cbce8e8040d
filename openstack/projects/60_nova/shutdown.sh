#!/usr/bin/env bash
# All of nova, and libvirt itself. The guest is nobody's child then, and goes on.
set -euo pipefail
source "$GRENADE_DIR/functions"

service_stop nova nova-scheduler nova-conductor nova-compute libvirt
