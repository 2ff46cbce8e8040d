# shellcheck shell=bash
# What the hooks of all projects share. $root is the root file system of $RELEASE.

lib=${BASH_SOURCE[0]%/*}
source "$lib/roots.sh"
root=$roots/$RELEASE

# in_root COMMAND...: runs it in $RELEASE's root file system.
in_root() {
  "$lib/in-root" "$root" "$@"
}

# serve SERVICE COMMAND...: starts it there.
serve() {
  service_start "$1" -- "$lib/in-root" "$root" "${@:2}"
}

# serve_wsgi SERVICE WSGI_SCRIPT [VAR=VALUE...]: an API on the port of that name; returns once it answers. It works with one
# process of four threads, or as $WSGI_WORKERS says.
serve_wsgi() {
  local port workers
  port=$(free_port "$1")
  read -ra workers <<<"${WSGI_WORKERS:---processes 1 --threads 4}"
  # --need-app: without it uwsgi answers 500 for ever when the service cannot be loaded.
  serve "$1" env "${@:3}" uwsgi_python3 --http-socket "127.0.0.1:$port" --wsgi-file "$2" \
    --plugins python3 --master --lazy-apps --need-app --die-on-term --enable-threads "${workers[@]}" \
    --buffer-size 65535 --rem-header Content-Length --log-master --disable-logging
  wait_for_http "http://127.0.0.1:$port/"
}

# running_version PORT DISTRIBUTION: the version of this Python distribution that the process has which listens there.
running_version() {
  in_root python3 "$lib/running-version.py" "$@"
}

# secret NAME: its password, made when it is first asked for.
secret() {
  local password
  if [[ ! -e $GRENADE_RUN_DIR/resources/$1/password ]]; then
    read -r password </proc/sys/kernel/random/uuid
    resource_save "$1" password "$password"
  fi
  resource_get "$1" password
}

# sql STATEMENTS: runs them as the database's administrator, and prints rows, fields between tabs.
sql() {
  local served_by
  resource_get database served_by served_by
  MYSQL_PWD=$(secret database) "$lib/in-root" "$served_by" \
    mariadb --no-defaults --host=127.0.0.1 --port="$(free_port database)" --user=root --batch --skip-column-names --execute="$*"
}

# database PROJECT [NAME]: makes a database that belongs to PROJECT, and prints its URL as services want it.
database() {
  local name=${2:-$1} at
  at=$1:$(secret "$1")@127.0.0.1:$(free_port database)/$name
  sql "create database if not exists $name character set utf8mb3;
       grant all on $name.* to '$1'@'127.0.0.1' identified by '$(secret "$1")'"
  resource_save "$1" "$name" "mysql://$at"
  echo "mysql+pymysql://$at"
}

# transport_url: where the message bus is.
transport_url() {
  echo "rabbit://openstack:$(secret bus)@127.0.0.1:$(free_port bus)/"
}

# log_in [USER PROJECT]: sets token to one of the cloud's administrator, or of USER in PROJECT.
log_in() {
  local user=${1:-admin} project=${2:-admin} headers
  headers=$(curl -sS -m 60 -D - -o "$DATA_DIR/log_in.answer" -H 'Content-Type: application/json' --data @- \
    "http://127.0.0.1:$(free_port keystone)/v3/auth/tokens" <<<'{"auth": {
      "identity": {"methods": ["password"], "password": {"user":
        {"name": "'"$user"'", "domain": {"id": "default"}, "password": "'"$(secret "$user")"'"}}},
      "scope": {"project": {"name": "'"$project"'", "domain": {"id": "default"}}}}}')
  [[ $headers =~ [Xx]-[Ss]ubject-[Tt]oken:\ ([^[:space:]]+) ]] || die "$user cannot log in: $(<"$DATA_DIR/log_in.answer")"
  token=${BASH_REMATCH[1]}
}

# api SERVICE METHOD PATH [BODY [HEADER...]]: asks with $token, and prints the answer. A status of 400 and above fails, and is said.
api() {
  local port answer status header headers=()
  port=$(free_port "$1")
  for header in "${@:5}"; do headers+=(-H "$header"); done
  # With no answer at all the status is 000.
  answer=$(curl -sS -m 120 -X "$2" -H "X-Auth-Token: $token" -H 'Content-Type: application/json' \
    ${headers[@]+"${headers[@]}"} ${4:+--data "$4"} --write-out '\n%{http_code}' "http://127.0.0.1:$port$3") || :
  status=${answer##*$'\n'} answer=${answer%$'\n'*}
  case $status in
    [123]??) printf '%s\n' "$answer" && return ;;
    000 | 5??) grep -a 'Error: (' "$(service_log "$1")" | tail -n 1 >&2 || : ;; # the service's own words for it
  esac
  die "$2 $3 of $1 answers $status: $answer"
}

# pick PATH: of the JSON that comes in, what lies there, as in user.id or links.0.
pick() {
  "$GRENADE_NODE" --print '
    const text = require("fs").readFileSync(0, "utf8");
    if (text === "") process.exit(1); // whoever was asked has said why
    const found = process.argv[1].split(".").reduce((at, key) => at?.[key], JSON.parse(text));
    typeof found === "object" ? JSON.stringify(found) : found' "$1"
}

# service_account SERVICE TYPE [PATH]: its user, whose password is `secret SERVICE`, and where people find its API.
service_account() {
  local url user project role service interface
  url=http://127.0.0.1:$(free_port "$1")${3:-}
  log_in
  user=$(api keystone POST /v3/users '{"user": {"name": "'"$1"'", "password": "'"$(secret "$1")"'"}}' | pick user.id)
  project=$(api keystone GET '/v3/projects?name=service' | pick projects.0.id)
  role=$(api keystone GET '/v3/roles?name=admin' | pick roles.0.id)
  api keystone PUT "/v3/projects/$project/users/$user/roles/$role"
  service=$(api keystone POST /v3/services '{"service": {"type": "'"$2"'", "name": "'"$1"'"}}' | pick service.id)
  for interface in public internal; do
    api keystone POST /v3/endpoints '{"endpoint": {"service_id": "'"$service"'", "interface": "'"$interface"'",
      "url": "'"$url"'", "region_id": "RegionOne"}}'
  done
}

# auth_section FILE SECTION USER: how a service proves to another who it is.
auth_section() {
  local file=$1 section=$2 user=$3 url
  url=http://127.0.0.1:$(free_port keystone)
  iniset "$file" "$section" auth_type password
  iniset "$file" "$section" auth_url "$url/v3"
  iniset "$file" "$section" www_authenticate_uri "$url/v3"
  iniset "$file" "$section" username "$user"
  iniset "$file" "$section" password "$(secret "$user")"
  iniset "$file" "$section" project_name service
  iniset "$file" "$section" user_domain_id default
  iniset "$file" "$section" project_domain_id default
  iniset "$file" "$section" region_name RegionOne
}
