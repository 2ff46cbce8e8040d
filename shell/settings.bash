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
_settings_done=
_settings_last=("${BASH_SOURCE[0]}" 0 '')
shift

# shellcheck source=functions
source "${BASH_SOURCE[0]%/*}/functions"

# _settings_fail FILE LINE STATUS COMMAND MESSAGE
_settings_fail() {
    trap - EXIT ERR DEBUG
    _grenade_register failed "${@:1:4}"
    printf '%s:%s: %s\n' "$1" "$2" "$5" >&2
    exit 1
}

# The shell is about to end, and not by us.
_settings_on_exit() {
    local status=$1 file line command
    [[ -z $_settings_done ]] || return 0
    trap - EXIT ERR DEBUG
    if [[ -n $_grenade_noted ]]; then # die has said why.
        _grenade_register failed "${_grenade_failed[@]:0:4}"
        exit 1
    fi
    _grenade_place "${_settings_last[@]:0:2}"
    file=$_grenade_file line=$_grenade_line command=${_settings_last[2]}
    case $command in
        exit | 'exit '*)
            _settings_fail "$file" "$line" "$status" "$command" \
                "$command ends the shell that reads all settings: use return"
            ;;
        *)
            _settings_fail "$file" "$line" "$status" "$command" \
                "$command ended with status $status, under set -e or set -u"
            ;;
    esac
}

# A command failed, which is no matter unless it sources a file that cannot be read or parsed.
_settings_on_error() {
    local status=$1 command=$2 line=$3 file
    _grenade_place "${BASH_SOURCE[1]}" "$line"
    [[ $command =~ ^(source|\.)[[:blank:]]+([^\;\&\|\`\<\>\(\)]+)$ ]] || return 0
    # Only names and variables are left in it, which can be expanded once more. The first word is the file.
    eval "set -- ${BASH_REMATCH[2]}"
    file=${1:-}
    [[ -n $file ]] || return 0
    if [[ $file != */* && ! -e $file ]]; then file=$(type -P -- "$file" || printf %s "$file"); fi
    if [[ ! -r $file ]]; then
        _settings_fail "$_grenade_file" "$_grenade_line" "$status" "$command" "$file cannot be read"
    fi
    _settings_parse "$file"
}

# _settings_here FILE LINE COMMAND - what is about to be executed
_settings_here() {
    # shellcheck disable=SC2016 # our own source, as bash shows it
    [[ $1 == "$GRENADE_DIR"/* || $3 == 'source "$_settings_file"' ]] || _settings_last=("$@")
}

# _settings_parse FILE - ends with the place of a syntax error, if it has one
_settings_parse() {
    local complaint line=0
    complaint=$(LC_ALL=C "$BASH" -n -- "$1" 2>&1) && return
    complaint=${complaint%%$'\n'*}
    if [[ $complaint =~ ^(.*):\ line\ ([0-9]+):\ (.*)$ ]]; then
        line=${BASH_REMATCH[2]} complaint=${BASH_REMATCH[3]}
    fi
    _settings_fail "$1" "$line" 2 "" "$complaint"
}

# _settings_check FILE - bash would say which file, and not where it was asked for
_settings_check() {
    [[ -r $1 ]] || _settings_fail "$1" 0 1 "source $1" "it cannot be read"
    [[ ! -d $1 ]] || _settings_fail "$1" 0 1 "source $1" "it is a directory"
}

trap '_settings_on_error "$?" "$BASH_COMMAND" "$LINENO"' ERR
trap '_settings_on_exit "$?"' EXIT
# An exit in a sourced file leaves nothing of that file for the EXIT trap to see: each command's place is kept as it comes.
set -o functrace
# LINENO counts the lines of a trap too: all in one.
trap '_settings_here "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND"' DEBUG

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
