# shellcheck shell=sh
# record.sh - sourced by each stand-in: writes down how it was called, by which hook, and where.

root=@ROOT@
program=${0##*/}
record() { printf '%s\0' "#$(($# + 4))" command "${__CMP_BY-}" "$program" "$PWD" "$@" >>"$root/record"; }
