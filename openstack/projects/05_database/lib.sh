# shellcheck shell=bash

data=$DATA_DIR/database

# run_mariadb SERVICE OPTION...: $RELEASE's server on the data, for this machine alone.
run_mariadb() {
  serve "$1" mariadbd --no-defaults --user=root --datadir="$data" --socket="/run/$1.sock" --pid-file="/run/$1.pid" \
    --skip-log-bin --skip-name-resolve "${@:2}"
}

# by_socket SERVICE PROGRAM ARG...: as the administrator, through the server's socket.
by_socket() {
  in_root env MYSQL_PWD="${MYSQL_PWD-$(secret database)}" "$2" --no-defaults --user=root --socket="/run/$1.sock" "${@:3}"
}
