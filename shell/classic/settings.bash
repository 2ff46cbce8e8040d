#!/usr/bin/env bash
#
# settings.bash rc|settings ENV_FILE
#
# Reads the settings of a classic workspace, each in one shell as the original does, and registers what they say in
# $GRENADE_REGISTRATION; then writes the exported variables to ENV_FILE, as `env -0` does.
#
# rc: localrc and pluginrc alone, which say where everything lies. No DevStack has to be there yet.
#
# settings: with the functions of the target's DevStack, the settings of projects/ and then those of external plugins,
# under `set -e`. With GRENADE_WRITE_LOCALRC, what they say of DevStack's localrc is written there.
#
# It ends with status 1 as ../settings.bash does, and besides where the original would end: when a command of a
# project's settings fails.

_settings_stage=$1 _settings_env=$2
_settings_file=

# _settings_variables NAME... - tells what they are by now
_settings_variables() {
    local name
    for name in "$@"; do
        if [[ -v $name ]]; then _grenade_register variable "$name" "${!name}"; fi
    done
}

_settings_tell() {
    trap - EXIT ERR DEBUG
    set +o errexit
    _settings_variables STACK_ROOT DATA_DIR SAVE_DIR BASE_RELEASE BASE_RELEASE_DIR TARGET_RELEASE TARGET_RELEASE_DIR \
        BASE_DEVSTACK_REPO BASE_DEVSTACK_BRANCH BASE_DEVSTACK_DIR TARGET_DEVSTACK_REPO TARGET_DEVSTACK_BRANCH \
        TARGET_DEVSTACK_DIR GRENADE_USE_EXTERNAL_DEVSTACK GIT_BASE REQUIREMENTS_DIR LOGFILE LOGDAYS LOGDIR SCREEN_LOGDIR \
        SCREEN_NAME ACTIVE_TIMEOUT SERVICE_TIMEOUT TEMPEST_CONCURRENCY ENABLE_TEMPEST RUN_BASE RUN_TARGET VERBOSE \
        BASE_RUN_SMOKE TARGET_RUN_SMOKE VERIFY_RESOURCES FORCE_ONLINE_MIGRATIONS NOVA_ENABLE_UPGRADE_WORKAROUND \
        GRENADE_DB UPGRADE_PROJECTS OFFLINE RECLONE ERROR_ON_CLONE GIT_DEPTH GIT_TIMEOUT RC_DIR PWD
    env -u _ -u SHLVL -u PWD -u OLDPWD -0 >"$_settings_env"
    _settings_done=1
}

if [[ $_settings_stage == rc ]]; then
    # shellcheck source=shell/functions
    source "$GRENADE_DIR/functions"
    # shellcheck source=shell/settings-errors
    source "$GRENADE_DIR/settings-errors"
    # shellcheck source=shell/classic/rc
    source "$GRENADE_DIR/classic/rc"
    _settings_file=$GRENADE_WORKSPACE/pluginrc
    if [[ -f $_settings_file ]]; then
        set -o errexit
        # shellcheck source=/dev/null
        source "$_settings_file"
    fi
    _settings_tell
    exit 0
fi

# As they were read before; what they say is known to be readable.
# shellcheck source=shell/classic/rc
source "$GRENADE_DIR/classic/rc"
# shellcheck disable=SC2034 # settings may use it
LOGDIR=${LOGFILE%/*}
# shellcheck source=shell/functions
source "$GRENADE_DIR/functions"
# shellcheck source=shell/settings-errors
source "$GRENADE_DIR/settings-errors"
set -o errexit

export DSTOOLS_VERSION=${DSTOOLS_VERSION:-0.4.0}
if [[ -z ${PYTHON3_VERSION:-} ]]; then PYTHON3_VERSION=$(_get_python_version python3) || PYTHON3_VERSION=3.5; fi
export PYTHON3_VERSION
# shellcheck disable=SC2016 # expanded when a line is traced
export PS4='+ $(short_source):   '
export TOP_DIR=$TARGET_DEVSTACK_DIR
# Where the original installs tools to bring the base up, it has looked by now which system this is.
if [[ $GRENADE_USE_EXTERNAL_DEVSTACK != True ]] && declare -F is_ubuntu >/dev/null; then is_ubuntu || :; fi

# shellcheck source=/dev/null
source "$TARGET_DEVSTACK_DIR/inc/meta-config"
# _settings_stackrc_ended STATUS - says what the base's stackrc did last
_settings_stackrc_ended() {
    trap - EXIT ERR DEBUG
    local stackrc=$BASE_DEVSTACK_DIR/stackrc command=${_settings_last[2]%%$'\n'*} line=0 where=''
    _settings_parse "$stackrc"
    _grenade_place "${_settings_last[@]:0:2}"
    if [[ $_grenade_file -ef $stackrc ]]; then line=$_grenade_line; else where=" ($_grenade_file:$_grenade_line)"; fi
    _settings_fail "$stackrc" "$line" "$1" "$command" \
        "the base's stackrc ends with status $1, and what it did last is: $command$where"
}

# What may be a local.conf by now becomes what stackrc reads.
_settings_localrc() {
    extract_localrc_section "$1/local.conf" "$1/localrc" "$1/.localrc.auto"
}
_settings_localrc "$BASE_DEVSTACK_DIR"
# What the base has; a settings file may add to it. Where its stackrc ends otherwise than with status 0, so does the original.
_settings_check "$BASE_DEVSTACK_DIR/stackrc"
# shellcheck source=/dev/null disable=SC2034
ENABLED_SERVICES=$(
    set +o xtrace
    trap '_settings_stackrc_ended "$?"' EXIT
    source "$BASE_DEVSTACK_DIR/stackrc" >&2 || exit
    trap - EXIT
    printf '%s\n' "$ENABLED_SERVICES"
) || {
    trap - EXIT
    exit 1
}

for _settings_file in "$RC_DIR"/projects/*/settings; do
    [[ -e $_settings_file ]] || continue
    _settings_check "$_settings_file"
    _grenade_project=
    # shellcheck source=/dev/null
    source "$_settings_file"
done
IFS=, read -r -a _settings_plugins <<<"${GRENADE_PLUGINS:-}"
for _settings_plugin in ${_settings_plugins[@]+"${_settings_plugins[@]}"}; do
    [[ -n $_settings_plugin ]] || continue
    _settings_file=${GITDIR[$_settings_plugin]}/devstack/upgrade/settings
    [[ -f $_settings_file ]] || continue
    # shellcheck disable=SC2034
    _grenade_project=
    # shellcheck source=/dev/null
    source "$_settings_file"
done
if ((${#_settings_plugins[@]} > 0)); then export UPGRADE_PROJECTS; fi

if [[ $GRENADE_USE_EXTERNAL_DEVSTACK != True && -n ${GRENADE_WRITE_LOCALRC:-} ]]; then
    # There is no second cell's queue here.
    devstack_localrc base "CELLSV2_SETUP=singleconductor"
    devstack_localrc target "CELLSV2_SETUP=singleconductor"
fi
# The target's stack.sh is never run, which would do it.
if [[ $GRENADE_USE_EXTERNAL_DEVSTACK == True || -n ${GRENADE_WRITE_LOCALRC:-} ]]; then
    _settings_localrc "$TARGET_DEVSTACK_DIR"
fi

# Where each project lies by now, in the order in which they are upgraded: settings may have changed both.
for _settings_project in $UPGRADE_PROJECTS; do
    _grenade_register upgrade "$_settings_project" "${PLUGIN_DIR[$_settings_project]:-}"
done
_settings_tell
