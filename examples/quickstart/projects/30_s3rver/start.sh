#!/usr/bin/env bash
# Starts s3rver at $RELEASE and returns once it listens.
set -euo pipefail
source "$GRENADE_DIR/functions"

port=$(free_port s3rver)
resource_save s3rver url "http://127.0.0.1:$port"

# The option for the address has another name in each release.
case $S3RVER_VERSION in
  2.*) address=-h ;;
  *) address=-a ;;
esac

mkdir -p "$DATA_DIR/s3rver"
service_start s3rver -- node "$RELEASE_DIR/node_modules/s3rver/bin/s3rver.js" \
  -d "$DATA_DIR/s3rver" "$address" 127.0.0.1 -p "$port"
wait_for_port "$port"
