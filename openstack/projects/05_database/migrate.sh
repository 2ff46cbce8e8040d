#!/usr/bin/env bash
# MariaDB opens the files of an older release; mariadb-upgrade then brings its own tables up to date. It needs a server,
# which nobody else can reach meanwhile.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

run_mariadb database-upgrading --skip-networking
for ((tries = 0; tries < SERVICE_TIMEOUT * 5; tries++)); do
  if by_socket database-upgrading mariadb-admin --silent ping; then break; fi
  is_service_running database-upgrading || break
  read -r -t 0.2 <> <(:) || :
done
by_socket database-upgrading mariadb-upgrade
service_stop --grace 60 database-upgrading
