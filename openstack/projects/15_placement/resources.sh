#!/usr/bin/env bash
# What ought to survive: a provider of 16 processors, and the 12 of them that somebody has.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"

# placement METHOD PATH [BODY]
placement() {
  api placement "$1" "$2" "${3:-}" 'OpenStack-API-Version: placement 1.28'
}

# allocate CONSUMER VCPUS
allocate() {
  local provider
  resource_get placement provider provider
  placement PUT "/allocations/$1" '{"allocations": {"'"$provider"'": {"resources": {"VCPU": '"$2"'}}},
    "consumer_generation": null, "project_id": "engines", "user_id": "ada"}'
}

new_uuid() {
  cat /proc/sys/kernel/random/uuid
}

case $1 in
  create)
    log_in
    provider=$(placement POST /resource_providers '{"name": "machine"}' | pick uuid)
    consumer=$(new_uuid)
    resource_save placement provider "$provider"
    resource_save placement consumer "$consumer"
    placement PUT "/resource_providers/$provider/inventories" \
      '{"resource_provider_generation": 0, "inventories": {"VCPU": {"total": 16}, "MEMORY_MB": {"total": 65536}}}'
    allocate "$consumer" 12
    ;;

  verify)
    resource_get placement provider provider
    resource_get placement consumer consumer
    log_in
    total=$(placement GET "/resource_providers/$provider/inventories/VCPU" | pick total)
    [[ $total == 16 ]] || die "The provider had 16 processors, and has $total"
    used=$(placement GET "/allocations/$consumer" | pick "allocations.$provider.resources.VCPU")
    [[ $used == 12 ]] || die "The consumer had 12 processors, and has $used"

    # What is left can be had, and no more than that.
    another=$(new_uuid)
    allocate "$another" 4
    if refusal=$(allocate "$(new_uuid)" 1 2>&1); then die "A seventeenth processor was given away"; fi
    [[ $refusal == *' answers 409: '* ]] || die "More than there is was refused for another reason: $refusal"
    placement DELETE "/allocations/$another"
    ;;

  verify_noapi)
    resource_get placement consumer consumer
    used=$(sql "select used from placement.allocations where consumer_id = '$consumer'")
    [[ $used == 12 ]] || die "The consumer's row says ${used:-nothing}"
    ;;

  destroy)
    resource_get placement provider provider
    resource_get placement consumer consumer
    log_in
    placement DELETE "/allocations/$consumer"
    placement DELETE "/resource_providers/$provider"
    ;;
esac
