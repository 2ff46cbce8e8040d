#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

new=
if [[ ! -e $conf ]]; then
  new=1
  url=$(database keystone)
  mkdir -p "$DATA_DIR/keystone"
  iniset "$conf" database connection "$url"
  iniset "$conf" token provider fernet
  iniset "$conf" token expiration 14400 # a token of the old release is asked about hours later
  iniset "$conf" fernet_tokens key_repository "$DATA_DIR/keystone/fernet-keys"
  # Of logins that take several factors. The default lies below /etc, which here belongs to one release.
  iniset "$conf" fernet_receipts key_repository "$DATA_DIR/keystone/receipt-keys"
  iniset "$conf" credential key_repository "$DATA_DIR/keystone/credential-keys"
  iniset "$conf" cache enabled false
  keystone_manage db_sync
  keystone_manage fernet_setup --keystone-user root --keystone-group root
  keystone_manage credential_setup --keystone-user root --keystone-group root
  bootstrap
fi

serve_wsgi keystone /usr/bin/keystone-wsgi-public "OS_KEYSTONE_CONFIG_FILES=$conf"

if [[ -n $new ]]; then
  log_in
  api keystone POST /v3/projects '{"project": {"name": "service"}}' # where accounts of services live
fi
