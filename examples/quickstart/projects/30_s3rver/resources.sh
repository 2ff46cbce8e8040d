#!/usr/bin/env bash
# What ought to survive: an object with its body, its content type and what its owner wrote on it.
set -euo pipefail
source "$GRENADE_DIR/functions"

s3=$PROJECT_DIR/s3.mjs

if [[ $1 != verify_noapi ]]; then
  resource_get s3rver url url
  bucket=$url/letters
  letter=$bucket/2019/hello.txt
fi

case $1 in
  create)
    "$s3" put "$bucket"
    "$s3" put "$letter" 'Dear reader' content-type=text/plain x-amz-meta-colour=green
    ;;

  verify)
    # The body is not all there is: with it alone, a converter that forgets the rest would pass.
    "$s3" expect "$letter" 'Dear reader' content-type=text/plain x-amz-meta-colour=green

    # Working, not just there.
    "$s3" put "$bucket/$2.txt" 'and a new one'
    keys=$("$s3" keys "$bucket")
    grep -qxF "$2.txt" <<<"$keys" || die "The bucket does not list the letter just written, $2.txt"
    ;;

  verify_noapi)
    # No server to ask: the bytes must be in some file.
    grep -rqxF 'Dear reader' "$DATA_DIR/s3rver" || die "No file in $DATA_DIR/s3rver holds the letter"
    ;;

  destroy)
    "$s3" delete "$bucket"
    ;;
esac
