#!/usr/bin/env bash
# What ought to survive: an image, byte for byte.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

# sum_of FILE
sum_of() {
  local sum
  sum=$(sha512sum "$1")
  echo "${sum%% *}"
}

# upload NAME FILE: prints the new image's id.
upload() {
  local id
  id=$(api glance POST /v2/images '{"name": "'"$1"'", "disk_format": "raw", "container_format": "bare", "colour": "green"}' | pick id)
  bytes "$id" -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$2"
  echo "$id"
}

# bytes IMAGE CURL_OPTION...: sends them or fetches them.
bytes() {
  curl -fsS -m 300 -H "X-Auth-Token: $token" "${@:2}" "http://127.0.0.1:$(free_port glance)/v2/images/$1/file"
}

case $1 in
  create)
    log_in
    head -c 5000000 /dev/urandom >sent
    image=$(upload keepsake sent)
    sum=$(sum_of sent)
    resource_save glance image "$image"
    resource_save glance sum "$sum"
    ;;

  verify)
    resource_get glance image image
    resource_get glance sum sum
    log_in
    bytes "$image" -o fetched
    found=$(sum_of fetched)
    [[ $found == "$sum" ]] || die "The image's bytes are others: $sum then, $found now"
    colour=$(api glance GET "/v2/images/$image" | pick colour)
    [[ $colour == green ]] || die "The image was green, and is $colour"

    # Another can be stored beside it, and is what was sent.
    head -c 1000000 /dev/urandom >sent
    another=$(upload "another-$2" sent)
    bytes "$another" -o fetched
    cmp sent fetched
    api glance DELETE "/v2/images/$another"
    ;;

  verify_noapi)
    resource_get glance image image
    resource_get glance sum sum
    found=$(sum_of "$images/$image")
    [[ $found == "$sum" ]] || die "The bytes in $images/$image are others: $sum then, $found now"
    status=$(sql "select status from glance.images where id = '$image'")
    [[ $status == active ]] || die "The image's row says ${status:-nothing}"
    ;;

  destroy)
    resource_get glance image image
    log_in
    api glance DELETE "/v2/images/$image"
    [[ ! -e $images/$image ]] || die "The image is deleted, and $images/$image is still there"
    ;;
esac
