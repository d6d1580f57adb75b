#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The program that was built for another machine, under its emulator: the host's fault path on every image, searches on
# both engines, and what the reference firmware answered. What comes out is what comes out anywhere.
# sh emulated.sh SOURCE-ROOT IMAGES EMULATOR RMISIM
set -u
. "$(dirname "$0")/tap.sh"

root=$1 RMISIM_IMAGES=$2 emulator=$3 program=$4
export RMISIM_IMAGES
tap_scratch

rmisim()
{
	$emulator "$program" "$@"
}

tells_the_story()
{
	rmisim demo --kernel "$1" >"$scratch/story" 2>&1 || echo "status $?"
	tail -n 1 "$scratch/story" | grep -q ' 15 of 15 checks hold$' || tail -n 3 "$scratch/story"
}

# searches ENGINE SENTENCE ARGUMENT..: the result, without what depends on the machine
searches()
{
	engine=$1 sentence=$2
	shift 2
	RMISIM_ENGINE=$engine rmisim explore "$@" >"$scratch/found" 2>&1
	head -n 1 "$scratch/found" | grep -q "^$sentence (" || head -n 3 "$scratch/found"
}

replays_what_was_found()
{
	string=$(sed -n "s/^replay: rmisim replay '\(.*\)'$/\1/p" "$scratch/found")
	rmisim replay "$string" >"$scratch/again" 2>&1
	head -n 1 "$scratch/again" | grep -q 'the same run, and the same violation' || head -n 3 "$scratch/again"
}

answers_as_the_firmware()
{
	rmisim calls "$root/tests/golden/tf-rmm/$1.rmi" --profile tf-rmm-2026-07 | diff "$root/tests/golden/tf-rmm/$1.out" -
}

another_answer()
{
	rmisim calls "$root/tests/golden/tf-rmm/$1.rmi" --profile strict | diff "$root/tests/golden/tf-rmm/$1.out" -
}

for kind in 4k 16k 64k 4k-folded; do
	holds "the story of the demo on $kind" tells_the_story $kind
done
for engine in fibers threads; do
	holds "a race on $engine: all schedules, as many as anywhere" \
		searches $engine 'fault-convert: exhaustive up to bound 1: 65 schedules, 0 violations' fault-convert --preemptions 1
done
holds "a bug of the museum is found in the same schedule" \
	searches fibers 'fault-convert: stopped at 17 schedules in bound 1, 1 violation' fault-convert --preemptions 1 --kernel B044
holds "and its string makes that run again" replays_what_was_found
for trace in lifecycle random-01 random-12 random-27 random-40; do
	holds "$trace is answered as the reference firmware does" answers_as_the_firmware $trace
done
trips "another profile answers otherwise" '^<' another_answer lifecycle
tap_end
