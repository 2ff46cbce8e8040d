#!/usr/bin/env bash
# answers.sh PORT: passes when the guest answers there.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

answer_of "$1" >/dev/null
