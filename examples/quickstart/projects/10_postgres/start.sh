#!/usr/bin/env bash
# Starts PostgreSQL at $RELEASE and returns once it answers.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/lib.sh"

if [[ ! -e $data ]]; then
  password=$(</proc/sys/kernel/random/uuid)
  resource_save postgres password "$password"
  resource_save postgres url "postgres://postgres:$password@127.0.0.1:$(free_port postgres)/postgres"
  new_data "$RELEASE_DIR"
fi

serve postgres "$RELEASE_DIR" "$data"

# migrate.sh at the next release needs the programs that wrote this data.
resource_save postgres served_by "$RELEASE_DIR"
