# shellcheck shell=bash
# install_prereqs.sh - that it was sourced.
__cmp_say command install_prereqs.sh "$PWD"
