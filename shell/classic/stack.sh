#!/usr/bin/env bash
#
# stack.sh - has the base's DevStack bring the base up.

NO_FUNCTIONS=1
# shellcheck source=shell/classic/phase
source "$GRENADE_DIR/classic/phase"

cd "$BASE_DEVSTACK_DIR"
GIT_BASE=$GIT_BASE ./stack.sh
leave ""
