# shellcheck shell=bash
# record.bash - sourced by every bash of a compared run through BASH_ENV, before its script: writes down how a hook was
# called, and has what generated hooks and settings write down themselves.

__cmp_say() { printf '%s\0' "#$(($# + 1))" "$1" "${__CMP_BY-}" "${@:2}" >>"@ROOT@/record"; }

# A program that is not on this machine is called, recorded, and does nothing. Ours are not looked for there, nor what is
# left of a call of systemctl where SYSTEMCTL is empty.
command_not_found_handle() {
    [[ $1 != __* && $1 != _grenade_* && $1 != is-enabled && $1 != status ]] || return 127
    __cmp_say command "$1" "$PWD" "${@:2}"
}

# __cmp_vars LABEL - every variable of this shell, and the names of its functions
__cmp_vars() {
    local __cmp_all
    __cmp_all=$(declare -p)
    __cmp_say variables "$1" "$__cmp_all"
}

__cmp_script() {
    local __cmp_fd __cmp_open='' __cmp_env
    for __cmp_fd in 0 1 2 3 4 5 6 7 8 9; do
        if [[ -e /proc/self/fd/$__cmp_fd ]]; then __cmp_open+=$__cmp_fd; fi
    done
    # A script without a #! line runs in a fork of its caller's shell, whose own environment is still the caller's.
    mapfile -d '' -t __cmp_env < <(env -0)
    __cmp_say script "$0" "$PWD" "$__cmp_open" "$#" "$@" "${__cmp_env[@]}"
}
case $0 in
    @ROOT@/ws/projects/* | @ROOT@/*/devstack/upgrade/* | ./stack.sh | ./post-stack.sh)
        __cmp_script "$@"
        export __CMP_BY="${0#@ROOT@/} $*"
        ;;
esac
