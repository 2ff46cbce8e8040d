#!/usr/bin/env bash
# Puts s3rver $S3RVER_VERSION into $RELEASE_DIR. Touches no service.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/npm.sh"

npm_install "s3rver@$S3RVER_VERSION"
