# shellcheck shell=bash
_say install_prereqs
