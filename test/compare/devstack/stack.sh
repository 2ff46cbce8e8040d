#!/bin/bash
# stack.sh - fails where the tree says so.
[[ ! -e ../../../fail-stack ]]
