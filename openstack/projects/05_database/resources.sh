#!/usr/bin/env bash
# What ought to survive in the database itself: rows, and the number that comes next.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

checksum_of_keepsakes() {
  sql "set group_concat_max_len = 1000000;
       select md5(group_concat(id, note order by id)) from grenade.keepsakes where id <= 1000"
}

case $1 in
  create)
    sql "create database grenade character set utf8mb4;
         create table grenade.keepsakes (id int auto_increment primary key, note varchar(80) not null);
         insert into grenade.keepsakes (note) select concat('keepsake number ', seq) from grenade.seq_1_to_1000;
         flush tables grenade.keepsakes for export; unlock tables"
    checksum=$(checksum_of_keepsakes)
    resource_save database checksum "$checksum"
    ;;

  verify)
    resource_get database checksum expected
    found=$(checksum_of_keepsakes)
    [[ $found == "$expected" ]] || die "The keepsakes are not what they were: $expected then, $found now"
    next=$(sql "insert into grenade.keepsakes (note) values ('one more'); select last_insert_id()")
    ((next > 1000)) || die "A new row got the number $next"
    ;;

  verify_noapi)
    # No server to ask: look at its files.
    grep -qaF 'keepsake number 1000' "$data/grenade/keepsakes.ibd" || die "The last keepsake is not in $data/grenade/keepsakes.ibd"
    ;;

  destroy)
    sql 'drop database grenade'
    ;;
esac
