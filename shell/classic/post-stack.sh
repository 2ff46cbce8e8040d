#!/usr/bin/env bash
#
# post-stack.sh - what the workspace does once the base is up, such as bring up further nodes. They get the one setting
# that both DevStacks here have too.

NO_FUNCTIONS=1
# shellcheck source=shell/classic/phase
source "$GRENADE_DIR/classic/phase"

cd "$GRENADE_WORKSPACE"
export SUB_NODE_ENV_VARS=CELLSV2_SETUP=singleconductor
# Written by the CI, which starts what it runs there by stdbuf.
# shellcheck disable=SC2016 # post-stack.sh expands it
sed -i 's/stdbuf/$SUB_NODE_ENV_VARS stdbuf/' ./post-stack.sh
cat ./post-stack.sh
./post-stack.sh
leave SUB_NODE_ENV_VARS
