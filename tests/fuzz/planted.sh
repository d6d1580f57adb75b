#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The fuzzer finds each planted fault: sh planted.sh CORPUS REPLAY PATCH PLANTED..
# (pairs of a patch and the replay program that is built with it)
set -u
. "$(dirname "$0")/../structure/tap.sh"

# As tools/fuzz starts it, from the corpus: a finding, and the sentence that the patch names.
finds()
{
	planted=$1 patch=$2 runs=$3
	sentence=$(sed -n 's/^Found: *//p' "$patch")
	"$planted" --engine --runs "$runs" --seed 1 --artifact "$scratch/input" "$corpus" \
		2>"$scratch/said" &&
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
corpus=$1 replay=$2
shift 2
while [ $# -gt 1 ]; do
	name=$(basename "$1" .patch)
	holds "$name is found" finds "$2" "$1" 20000
	holds "$name is shown again by its input" replays "$2" "$1"
	holds "the model itself passes that input" passes "$replay"
	shift 2
done
tap_end
