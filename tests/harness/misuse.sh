#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An assertion of CMocka on a strand of the harness is told as what it is: sh misuse.sh SOURCE-ROOT MISUSED
set -u
. "$1/tests/structure/tap.sh"
misused=$2

said=$(RMISIM_ENGINE=fibers CMOCKA_MESSAGE_OUTPUT=TAP "$misused" 2>&1)
status=$?

# has PATTERN: an objection unless a line of what was said matches
has()
{
	printf '%s\n' "$said" | grep -q -- "$1" || printf 'no %s in:\n%s\n' "$1" "$said"
}

fails()
{
	[ "$status" -ne 0 ] && [ "$status" -lt 128 ] || echo "exit status $status"
}

holds "an assertion in a vCPU's program is told as misuse" \
	has "misuse: the program of vCPU 0 was left by a jump.*use sim_expect() there"
holds "one in a spawned actor is, too" has "misuse: actor 1 was left by a jump"
holds "the test behind them passes" has "^ok 3 - the_next_test_is_not_touched"
holds "the program fails, and does not crash" fails
tap_end
