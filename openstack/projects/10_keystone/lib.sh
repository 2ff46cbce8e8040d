# shellcheck shell=bash

conf=$DATA_DIR/keystone/keystone.conf

# keystone_manage ARG...: at $RELEASE.
keystone_manage() {
  in_root keystone-manage --config-file "$conf" "$@"
}

# bootstrap: the administrator, the roles that this release brings, and where its API is.
bootstrap() {
  local url
  url=http://127.0.0.1:$(free_port keystone)/v3
  keystone_manage bootstrap --bootstrap-password "$(secret admin)" \
    --bootstrap-region-id RegionOne --bootstrap-public-url "$url" --bootstrap-internal-url "$url"
}
