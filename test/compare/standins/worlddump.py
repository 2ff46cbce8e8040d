#!/bin/sh
# worlddump.py - that it was asked for. It lies in a DevStack tree.
# shellcheck source=test/compare/standins/record.sh
. "${0%/stack/*}/record.sh"
record "$@"
