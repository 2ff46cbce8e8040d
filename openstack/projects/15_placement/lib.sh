# shellcheck shell=bash

conf=$DATA_DIR/placement/placement.conf

# placement_manage ARG...: at $RELEASE.
placement_manage() {
  in_root placement-manage --config-file "$conf" "$@"
}
