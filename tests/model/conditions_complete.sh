#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every failure condition is asserted: sh conditions_complete.sh RMISIM BINARY.. -- COMMAND..
#
# Runs the binaries with an empty folder for their notes and asks `rmisim conditions --check` about each
# command, or, without commands, about all of them together.
set -u
. "$(dirname "$0")/../structure/tap.sh"

rmisim=$1
shift
tap_scratch
RMISIM_STATS=$scratch/stats CMOCKA_MESSAGE_OUTPUT=TAP
export RMISIM_STATS CMOCKA_MESSAGE_OUTPUT
mkdir "$RMISIM_STATS"

# What is missing, when something is.
complete()
{
	"$rmisim" conditions --check "$@" >"$scratch/list" && return
	echo "$*: $(tail -n 1 "$scratch/list")"
	grep -E ' 0  -$| -$' "$scratch/list"
}

while [ $# -gt 0 ] && [ "$1" != -- ]; do
	"$1" >/dev/null 2>"$scratch/log" || sed 's/^/# /' "$scratch/log"
	shift
done
[ $# -gt 0 ] && shift
if [ $# -eq 0 ]; then
	holds "every failure condition is asserted or explained" complete
fi
for command in "$@"; do
	holds "every failure condition of $command is asserted or explained" complete "$command"
done
rm -r "$RMISIM_STATS"
mkdir "$RMISIM_STATS"
trips "without a note there is an objection" ' 0 asserted' complete VERSION
tap_end
