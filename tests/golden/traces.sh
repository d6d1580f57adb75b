#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the reference firmware answered, and what the model answers: traces.sh RMISIM FOLDER TRACE..
# Every line has to be the same: a call that failed leaves X1.. zero in both.

here=$(dirname "$0")
. "$here/../structure/tap.sh"
rmisim=$1 folder=$2
shift 2
tap_scratch

differences()
{
	"$rmisim" calls "$1.rmi" --profile tf-rmm-2026-07 >"$scratch/out" && diff "$1.out" "$scratch/out"
}

# A difference must be seen: the same trace in another profile.
another_profile()
{
	"$rmisim" calls "$1.rmi" --profile strict >"$scratch/out" && diff "$1.out" "$scratch/out"
}

for trace; do
	holds "$trace is answered as written down" differences "$folder/$trace"
done
trips "the strict profile answers otherwise" '^<' another_profile "$folder/$1"
tap_end
