#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The fuzzer finds each planted fault: sh planted.sh REPLAY PATCH PLANTED..
# (pairs of a patch and the replay program that is built with it)
set -u
. "$(dirname "$0")/../structure/tap.sh"

# From no corpus at all: a finding, and the sentence that the patch names.
finds()
{
	planted=$1 patch=$2 runs=$3
	sentence=$(sed -n 's/^Found: *//p' "$patch")
	"$planted" --engine --runs "$runs" --seed 1 --artifact "$scratch/input" 2>"$scratch/said" &&
		echo "nothing found in $runs runs"
	grep -F -- "$sentence" "$scratch/said" >/dev/null || tail -n 5 "$scratch/said"
}

replays()
{
	planted=$1 patch=$2
	sentence=$(sed -n 's/^Found: *//p' "$patch")
	"$planted" "$scratch/input" 2>"$scratch/said" && echo "its input does not show it again"
	grep -F -- "$sentence" "$scratch/said" >/dev/null || tail -n 5 "$scratch/said"
}

passes()
{
	"$1" "$scratch/input" 2>"$scratch/said" || tail -n 5 "$scratch/said"
}

tap_scratch
# An abort shall leave no core behind.
ulimit -c 0
replay=$1
shift
while [ $# -gt 1 ]; do
	name=$(basename "$1" .patch)
	holds "$name is found" finds "$2" "$1" 20000
	holds "$name is shown again by its input" replays "$2" "$1"
	holds "the model itself passes that input" passes "$replay"
	shift 2
done
tap_end
