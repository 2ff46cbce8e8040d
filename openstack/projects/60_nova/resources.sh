#!/usr/bin/env bash
# What ought to survive: a server, not only as a row that says ACTIVE, but as a machine that was never so much as paused.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"
source "$PROJECT_DIR/lib.sh"

# nova METHOD PATH [BODY]: at a version of the API that both releases speak.
nova() {
  api nova "$1" "/v2.1$2" "${3:-}" 'OpenStack-API-Version: compute 2.90'
}

# image FILE DESCRIPTION: prints its id.
image() {
  local id
  id=$(api glance POST /v2/images "$2" | pick id)
  curl -fsS -m 120 -X PUT -H "X-Auth-Token: $token" -H 'Content-Type: application/octet-stream' --data-binary "@$1" \
    "http://127.0.0.1:$(free_port glance)/v2/images/$id/file"
  echo "$id"
}

# boot NAME: a server of our own image; prints its id once it is ACTIVE.
boot() {
  local image flavor server
  resource_get nova image image
  resource_get nova flavor flavor
  server=$(nova POST /servers '{"server": {"name": "'"$1"'", "imageRef": "'"$image"'", "flavorRef": "'"$flavor"'", "networks": "none"}}' |
    pick server.id)
  await 120 "server $1 to become ACTIVE" active "$server"
  echo "$server"
}

# active SERVER
active() {
  local answer status
  answer=$(nova GET "/servers/$1")
  status=$(pick server.status <<<"$answer")
  [[ $status != ERROR ]] || die "Server $1 is in ERROR: $(pick server.fault <<<"$answer")"
  [[ $status == ACTIVE ]]
}

# instance_of SERVER: its name at libvirt.
instance_of() {
  nova GET "/servers/$1" | pick server.OS-EXT-SRV-ATTR:instance_name
}

# answering PORT: whether the guest is up. While it boots its line echoes, and what comes back is no answer.
answering() {
  answer_of "$1" >/dev/null 2>&1
}

# still_the_same: the guest answers out of the memory that it had, and its process is the one that it was.
still_the_same() {
  local instance process boot note answer
  resource_get nova instance instance
  resource_get nova process process
  resource_get nova boot boot
  resource_get nova note note
  [[ $(process_of "$instance") == "$process" ]] || die "The guest was process $process, and is $(process_of "$instance")"
  answer=$(answer_of "$(free_port guest)") || die "The guest does not answer"
  [[ $answer == *"$boot"* ]] || die "The guest was booted anew: ${answer//$'\n'/, }"
  [[ $answer == *"note $note" ]] || die "The guest has forgotten its note $note: ${answer//$'\n'/, }"
}

# gone SERVER
gone() {
  local servers
  servers=$(nova GET '/servers?all_tenants=1') && [[ $servers != *"$1"* ]]
}

# delete SERVER: until nova has none, and its guest is gone.
delete() {
  local instance
  instance=$(instance_of "$1")
  nova DELETE "/servers/$1"
  await 60 "server $1 to be deleted" gone "$1"
  [[ ! -e $DATA_DIR/run/libvirt/qemu/$instance.pid ]] || die "Nova has deleted server $1, and its guest still runs"
}

[[ $1 == early_create || $1 == verify_noapi ]] || log_in

case $1 in
  create)
    kernel=$(image "$guest/vmlinuz" '{"name": "guest-kernel", "disk_format": "aki", "container_format": "aki"}')
    ramdisk=$(image "$guest/initrd.gz" '{"name": "guest-ramdisk", "disk_format": "ari", "container_format": "ari"}')
    # It needs no disk; nova wants one.
    truncate --size=1M "$guest/disk"
    image=$(image "$guest/disk" '{"name": "guest", "disk_format": "raw", "container_format": "bare", "kernel_id": "'"$kernel"'",
      "ramdisk_id": "'"$ramdisk"'", "os_command_line": "console=ttyS0 quiet panic=1"}')
    flavor=$(nova POST /flavors '{"flavor": {"name": "guest", "vcpus": 1, "ram": 128, "disk": 1}}' | pick flavor.id)
    resource_save nova images "$image $ramdisk $kernel"
    resource_save nova image "$image"
    resource_save nova flavor "$flavor"

    server=$(boot survivor)
    instance=$(instance_of "$server")
    port=$(free_port guest)
    [[ $(port_of "$instance") == "$port" ]] || die "The guest listens on port $(port_of "$instance"), and was to have $port"
    await 120 "the guest to answer" answering "$port"
    note=$(</proc/sys/kernel/random/uuid)
    answer=$(answer_of "$port" PUT "/$note")
    boot=${answer%%$'\n'*}
    resource_save nova server "$server"
    resource_save nova instance "$instance"
    resource_save nova process "$(process_of "$instance")"
    resource_save nova note "$note"
    resource_save nova boot "$boot"
    echo_summary "Guest $instance runs under $(iniget "$conf" libvirt virt_type), and answers on port $port"
    ;;

  verify)
    resource_get nova server server
    resource_get nova boot boot
    active "$server" || die "The server is not ACTIVE: $(nova GET "/servers/$server")"
    still_the_same
    # Nova's compute service has this very guest in its hands: what it says on its line comes by way of it.
    said=$(nova POST "/servers/$server/action" '{"os-getConsoleOutput": {}}')
    [[ $said == *"$boot"* ]] || die "Nova's log of the guest's console is not that of $boot"

    # A new one can be made beside it.
    beside=$(boot "beside-$2")
    port=$(port_of "$(instance_of "$beside")")
    await 120 "the guest beside it to answer" answering "$port"
    other=$(answer_of "$port")
    [[ $other != *"$boot"* ]] || die "Two servers are one guest: ${other//$'\n'/, }"
    delete "$beside"
    still_the_same

    versions=$(sql "select count(distinct version) from nova.services where deleted = 0 and version > 0")
    ((versions == 1)) || die "Nova's services are of $versions releases: $(sql 'select `binary`, version from nova.services')"
    ;;

  verify_noapi)
    resource_get nova server server
    state=$(sql "select vm_state, power_state from nova.instances where uuid = '$server' and deleted = 0")
    [[ $state == $'active\t1' ]] || die "The cell's row of the server says ${state:-nothing}"
    mapped=$(sql "select count(*) from nova_api.instance_mappings where instance_uuid = '$server' and cell_id is not null")
    ((mapped == 1)) || die "$mapped rows say in which cell the server is"
    still_the_same
    ;;

  destroy)
    resource_get nova server server
    resource_get nova flavor flavor
    resource_get nova images images
    delete "$server"
    nova DELETE "/flavors/$flavor"
    for image in $images; do api glance DELETE "/v2/images/$image"; done
    ;;
esac
