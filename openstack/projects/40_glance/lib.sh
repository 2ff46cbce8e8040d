# shellcheck shell=bash

conf=$DATA_DIR/glance/glance-api.conf
images=$DATA_DIR/glance/images

# glance_manage ARG...: at $RELEASE.
glance_manage() {
  in_root glance-manage --config-file "$conf" "$@"
}
