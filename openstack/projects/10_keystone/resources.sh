#!/usr/bin/env bash
# What ought to survive: a user who can log in, what she may do, a token that she was given before the upgrade; and how
# people from elsewhere are let in.
set -euo pipefail
source "$GRENADE_DIR/functions"
source "$PROJECT_DIR/../../lib/openstack.sh"

# whoami TOKEN: whose it is, as keystone says; the answer holds her id and her roles.
whoami() {
  token=$1 api keystone GET /v3/auth/tokens '' "X-Subject-Token: $1"
}

case $1 in
  create)
    log_in
    project=$(api keystone POST /v3/projects '{"project": {"name": "engines"}}' | pick project.id)
    user=$(api keystone POST /v3/users '{"user": {"name": "ada", "password": "'"$(secret ada)"'"}}' | pick user.id)
    role=$(api keystone GET '/v3/roles?name=member' | pick roles.0.id)
    api keystone PUT "/v3/projects/$project/users/$user/roles/$role"
    resource_save keystone project "$project"
    resource_save keystone user "$user"
    api keystone PUT /v3/OS-FEDERATION/mappings/visitors \
      '{"mapping": {"rules": [{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "VISITOR"}]}]}}'
    log_in ada engines
    resource_save keystone token "$token"
    ;;

  verify)
    resource_get keystone user user
    resource_get keystone token old_token

    # She logs in with her old password, and is who she was.
    log_in ada engines
    found=$(whoami "$token")
    [[ $(pick token.user.id <<<"$found") == "$user" ]] || die "ada was $user, and is $(pick token.user <<<"$found")"
    roles=$(pick token.roles <<<"$found")
    [[ $roles == *'"name":"member"'* ]] || die "ada was a member of engines, and is $roles"

    # The token that the old release issued still says so.
    found=$(whoami "$old_token")
    [[ $(pick token.user.id <<<"$found") == "$user" ]] || die "A token from before the upgrade was ada's, and is of $(pick token.user <<<"$found")"

    log_in
    found=$(api keystone GET /v3/OS-FEDERATION/mappings/visitors | pick mapping.rules.0.remote.0.type)
    [[ $found == VISITOR ]] || die "Visitors were known by VISITOR, and are by $found"

    # Somebody new can come beside her, and go.
    newcomer=$(api keystone POST /v3/users '{"user": {"name": "newcomer"}}' | pick user.id)
    api keystone DELETE "/v3/users/$newcomer"

    # bootstrap of the new release brings this role: what answers is new, and so is what it keeps.
    if [[ $2 == post-upgrade ]]; then
      [[ $(api keystone GET '/v3/roles?name=manager' | pick roles.length) == 1 ]] || die "There is no role manager"
    fi
    ;;

  verify_noapi)
    resource_get keystone user user
    resource_get keystone project project
    rows=$(sql "select count(*) from keystone.assignment where actor_id = '$user' and target_id = '$project'")
    ((rows == 1)) || die "$rows rows say that ada works in engines"
    keys=("$DATA_DIR"/keystone/fernet-keys/[0-9]*)
    [[ -s ${keys[0]} ]] || die "There is no key for tokens in $DATA_DIR/keystone/fernet-keys"
    ;;

  destroy)
    resource_get keystone user user
    resource_get keystone project project
    log_in
    api keystone DELETE /v3/OS-FEDERATION/mappings/visitors
    api keystone DELETE "/v3/users/$user"
    api keystone DELETE "/v3/projects/$project"
    ;;
esac
