#!/usr/bin/env bash
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

if [[ ! -e $conf ]]; then
  url=$(database glance)
  mkdir -p "$images" "$DATA_DIR"/glance/{staging,tasks,locks}
  iniset "$conf" DEFAULT enabled_backends file:file
  iniset "$conf" glance_store default_backend file
  iniset "$conf" file filesystem_store_datadir "$images"
  iniset "$conf" os_glance_staging_store filesystem_store_datadir "$DATA_DIR/glance/staging"
  iniset "$conf" os_glance_tasks_store filesystem_store_datadir "$DATA_DIR/glance/tasks"
  iniset "$conf" oslo_concurrency lock_path "$DATA_DIR/glance/locks"
  iniset "$conf" database connection "$url"
  iniset "$conf" paste_deploy flavor keystone
  auth_section "$conf" keystone_authtoken glance
  glance_manage db_sync
  service_account glance image
fi

# glance looks for it beside its configuration; it is code more than configuration, and of this release.
cp "$root/etc/glance/glance-api-paste.ini" "$DATA_DIR/glance/"
serve_wsgi glance /usr/bin/glance-wsgi-api "OS_GLANCE_CONFIG_DIR=$DATA_DIR/glance"
