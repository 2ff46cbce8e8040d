#!/usr/bin/env bash
# What ought to survive: the rows of a table, byte for byte, and the place where a sequence stood.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/lib.sh"

checksum() {
  sql "select md5(string_agg(id || note, ',' order by id)) from keepsakes"
}

case $1 in
  create)
    sql "create table keepsakes (id int primary key, note text not null);
         insert into keepsakes select n, 'keepsake number ' || n from generate_series(1, 1000) n;
         create sequence tickets start 41;
         checkpoint"
    resource_save postgres checksum "$(checksum)"
    resource_save postgres ticket "$(sql "select nextval('tickets')")"
    resource_save postgres file "$(sql "select pg_relation_filepath('keepsakes')")"
    ;;

  verify)
    resource_get postgres checksum expected
    found=$(checksum)
    [[ $found == "$expected" ]] || die "The keepsakes are not what they were: $expected then, $found now"

    # Working, not just there: the sequence goes on where it stood.
    resource_get postgres ticket last
    next=$(sql "select nextval('tickets')")
    ((next == last + 1)) || die "The ticket after $last is $next"
    resource_save postgres ticket "$next"
    ;;

  verify_noapi)
    # No server to ask: look at its files.
    resource_get postgres file file
    [[ ! -e $data/postmaster.pid ]] || die "PostgreSQL did not shut down cleanly: postmaster.pid is there"
    grep -qF 'keepsake number 1000' "$data/$file" || die "The last keepsake is not in $data/$file"
    ;;

  destroy)
    sql 'drop table keepsakes; drop sequence tickets'
    ;;
esac
