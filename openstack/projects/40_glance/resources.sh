#!/usr/bin/env bash
# What ought to survive: an image, byte for byte.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

# Hooks begin in a scratch directory, which is not there inside a root: what passes between the two lies here.
hand=$DATA_DIR/glance/hand
mkdir -p "$hand"

# sum_of FILE
sum_of() {
  local sum
  sum=$(sha512sum "$1")
  echo "${sum%% *}"
}

# upload NAME FILE: prints the new image's id.
upload() {
  openstack image create "$1" --file "$2" --disk-format raw --container-format bare --property colour=green -f value -c id
}

case $1 in
  create)
    head -c 5000000 /dev/urandom >"$hand/bytes"
    resource_save glance sum "$(sum_of "$hand/bytes")"
    resource_save glance image "$(upload keepsake "$hand/bytes")"
    ;;

  verify)
    resource_get glance image image
    resource_get glance sum sum
    openstack image save "$image" --file "$hand/saved"
    found=$(sum_of "$hand/saved")
    [[ $found == "$sum" ]] || die "The image's bytes are others: $sum then, $found now"
    colour=$(openstack image show "$image" -f json | grep -o '"colour": "[^"]*"')
    [[ $colour == *green* ]] || die "The image was green, and is ${colour:-of no colour}"

    # Another can be stored beside it, and is what was sent.
    head -c 1000000 /dev/urandom >"$hand/bytes"
    another=$(upload "another-$2" "$hand/bytes")
    openstack image save "$another" --file "$hand/saved"
    cmp "$hand/bytes" "$hand/saved"
    openstack image delete "$another"
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
    openstack image delete "$image"
    [[ ! -e $images/$image ]] || die "The image is deleted, and $images/$image is still there"
    ;;
esac
