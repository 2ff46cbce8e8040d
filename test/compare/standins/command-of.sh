# shellcheck shell=sh
# command-of.sh - what a unit runs, which is seen in the list of processes.

# command_of UNIT
command_of() {
    file=@ROOT@/etc/systemd/system/$1.service
    if [ -e "$file" ]; then
        sed -n 's/^ExecStart *= *//p' "$file"
    else
        echo "/usr/bin/${1##*@}"
    fi
}
