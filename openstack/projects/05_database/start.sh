#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

new=
if [[ ! -e $data ]]; then
  new=1
  in_root mariadb-install-db --no-defaults --user=root --datadir="$data" --skip-test-db \
    --auth-root-authentication-method=normal >/dev/null
fi
port=$(free_port database)
run_mariadb database --bind-address=127.0.0.1 --port="$port"
wait_for_port "$port"
resource_save database served_by "$root"

if [[ -n $new ]]; then
  password=$(secret database)
  MYSQL_PWD='' by_socket database mariadb --execute="
    alter user root@localhost identified by '$password', root@'127.0.0.1' identified by '$password'"
fi
