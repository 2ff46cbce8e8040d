# shellcheck shell=bash

conf=$DATA_DIR/neutron/neutron.conf

# neutron_db_manage ARG...: at $RELEASE.
neutron_db_manage() {
  in_root neutron-db-manage --config-file "$conf" "$@"
}
