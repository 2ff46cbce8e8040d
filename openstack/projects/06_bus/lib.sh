# shellcheck shell=bash

data=$DATA_DIR/bus

# Everything on loopback and on ports of the run, Erlang's own name server (epmd) too.
with_bus=(env
  RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 "RABBITMQ_NODE_PORT=$(free_port bus)"
  "RABBITMQ_DIST_PORT=$(free_port bus-nodes)" "ERL_EPMD_PORT=$(free_port bus-epmd)" ERL_EPMD_ADDRESS=127.0.0.1
  "RABBITMQ_SERVER_START_ARGS=-kernel inet_dist_use_interface {127,0,0,1}"
  "RABBITMQ_MNESIA_BASE=$data" "RABBITMQ_LOG_BASE=$data/log" "RABBITMQ_PID_FILE=/run/bus.pid" RABBITMQ_LOGS=-
  "RABBITMQ_ENABLED_PLUGINS_FILE=$data/plugins" "HOME=$data")

# rabbitmqctl ARG...
rabbitmqctl() {
  in_root "${with_bus[@]}" /usr/lib/rabbitmq/bin/rabbitmqctl --quiet "$@"
}
