#!/bin/bash
echo "stack.sh in $PWD with GIT_BASE=$GIT_BASE TOP_DIR=$TOP_DIR DATA_DIR=${DATA_DIR:-}" | sed "s,${PWD%/*/devstack}/,,g" >>"$TOLD"
