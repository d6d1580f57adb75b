#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the header of an exhibit of the RMM says is so: sh found.sh ROOT RMISIM MODEL PATCH
#
#	Found: SCENARIO[, N preemptions][, inject legal|wrong][, edition E][, profile P][, metamorphic], CHECK[: TEXT]
#
# MODEL (rmisim with that defect in its RMM) finds it, as a violation of CHECK with TEXT in its sentence; the replay
# string leads there in another process; RMISIM makes the same search and has nothing to say.
set -u
. "$1/tests/structure/tap.sh"
rmisim=$2 model=$3 patch=$4
name=$(sed -n 's/^Id: *//p' "$patch" | head -n 1)
line=$(sed -n '/^--- /q; s/^Found: *//p' "$patch" | head -n 1)

bad()
{
	echo "found.sh: ${patch##*/}: $*" >&2
	exit 2
}

# piece: the next piece of $line, without it; what is no option is the check, and all the rest is its
bound=0 class='' options='' metamorphic=''
scenario=${line%%, *}
rest=${line#*, }
while :; do
	piece=${rest%%, *}
	case $piece in
	*' preemption' | *' preemptions') bound=${piece%% *} ;;
	'inject legal' | 'inject wrong') class=${piece#inject } ;;
	'edition '*) options="$options --edition ${piece#edition }" ;;
	'profile '*) options="$options --profile ${piece#profile }" ;;
	metamorphic) metamorphic=--metamorphic ;;
	*) break ;;
	esac
	[ "$piece" != "$rest" ] || bad "no check in 'Found: $line'"
	rest=${rest#*, }
done
check=${rest%%:*}
text=
[ "$check" = "$rest" ] || text=${rest#*: }
[ -n "$name" ] && [ -n "$scenario" ] && [ "$scenario" != "$line" ] || bad "no Id, or no scenario in Found"

# search PROGRAM: what the header says, as the command line has it
search()
{
	if [ -n "$metamorphic" ]; then
		"$1" explore "$scenario" --metamorphic $options
	elif [ -n "$class" ] && [ "$bound" = 0 ]; then
		"$1" inject "$scenario" --class "$class" $options
	else
		"$1" explore "$scenario" --preemptions "$bound" ${class:+--inject} $options
	fi
}

# The check is a row of the table, and not the scenario's own.
is_general()
{
	[ "$check" != expect ] || echo "expect is the scenario's own"
	"$rmisim" list --checks | grep -q "^$check " || echo "rmisim list --checks does not know '$check'"
}

nothing_is_found()
{
	said=$(search "$rmisim" 2>&1) || printf '%s\n' "$said"
}

# is_it SENTENCE
is_it()
{
	case $1 in
	"$check: "*"$text"*) ;;
	*) echo "$name is not found: $scenario does not say '$rest'${1:+, but $1}" ;;
	esac
}

is_found()
{
	said=$(search "$model" 2>&1)
	[ $? = 1 ] || printf '%s\n' "$said" | sed 's/^/said: /'
	is_it "$(printf '%s\n' "$said" | sed -n 's/^first: //p')"
	printf '%s\n' "$said" | sed -n "s/^replay: rmisim replay '\(.*\)'\$/\1/p" >"$scratch/replay"
}

is_found_again()
{
	said=$("$model" replay "$(cat "$scratch/replay")" 2>&1)
	[ $? = 1 ] || printf '%s\n' "$said" | sed 's/^/said: /'
	is_it "$(printf '%s\n' "$said" | sed -n '2p')"
}

tap_scratch
holds "$check is a general check" is_general
holds "$scenario is clean with the RMM as it is" nothing_is_found
holds "$scenario finds $name" is_found
holds "its replay string leads there in another process" is_found_again
tap_end
