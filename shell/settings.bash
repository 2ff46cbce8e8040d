#!/usr/bin/env bash
#
# settings.bash ENV_FILE [SETTINGS_FILE...]
#
# Sources localrc ($GRENADE_LOCALRC), functions, and every settings file, in this order and in this one shell, as
# the original does; then writes the exported variables to ENV_FILE, as `env -0` does. What they register is appended
# to $GRENADE_REGISTRATION.
#
# A settings file may end with any status. It may not stop us from reading the rest: on a syntax error, a file that
# it sources and that is not there, `exit`, `die`, or a failure under `set -e`, this says FILE:LINE: MESSAGE, appends a
# line `failed FILE LINE STATUS COMMAND` to $GRENADE_REGISTRATION, and ends with status 1.

_settings_env=$1
_settings_file=
shift

# shellcheck source=functions
source "${BASH_SOURCE[0]%/*}/functions"

# shellcheck source=settings-errors
source "${BASH_SOURCE[0]%/*}/settings-errors"

# Not in a function: what they declare would be gone with it.
for _settings_file in ${GRENADE_LOCALRC:+"$GRENADE_LOCALRC"} "$@"; do
    _settings_check "$_settings_file"
    # shellcheck disable=SC2034 # settings use it
    PROJECT_DIR=${_settings_file%/*}
    _grenade_project=
    # shellcheck source=/dev/null
    source "$_settings_file"
done

_settings_done=1
trap - EXIT ERR DEBUG
export -n PROJECT_DIR
# Without what belongs to a shell and not to what it was told.
env -u _ -u SHLVL -u PWD -u OLDPWD -0 >"$_settings_env"
