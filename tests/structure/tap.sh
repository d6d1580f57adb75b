# SPDX-License-Identifier: BSD-2-Clause
# TAP for checks written in POSIX sh; sourced. A check is a function that prints each thing it objects
# to and nothing else; whatever it prints makes it fail.

tap_count=0
tap_failed=0

# holds SENTENCE CHECK [ARGUMENTS]: the check must have no objection
holds()
{
	tap_count=$((tap_count + 1))
	tap_name=$1
	shift
	tap_output=$("$@" 2>&1) || tap_output=${tap_output:-"$1 failed"}
	if [ -z "$tap_output" ]; then
		echo "ok $tap_count - $tap_name"
		return
	fi
	echo "not ok $tap_count - $tap_name"
	printf '%s\n' "$tap_output" | sed 's/^/# /'
	tap_failed=$((tap_failed + 1))
}

# trips SENTENCE PATTERN CHECK [ARGUMENTS]: the check must object, in one line that matches PATTERN
trips()
{
	tap_count=$((tap_count + 1))
	tap_name=$1 tap_pattern=$2
	shift 2
	if tap_output=$("$@" 2>&1 </dev/null); [ -n "$tap_output" ] &&
	   printf '%s\n' "$tap_output" | grep -Eq -- "$tap_pattern"; then
		echo "ok $tap_count - $tap_name"
		return
	fi
	echo "not ok $tap_count - $tap_name"
	printf '%s\n' "${tap_output:-no objection}" | sed 's/^/# /'
	tap_failed=$((tap_failed + 1))
}

# skips SENTENCE REASON
skips()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

tap_end()
{
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}

# A scratch folder, gone at the end.
tap_scratch()
{
	scratch=$(mktemp -d) || exit 99
	trap 'rm -rf "$scratch"' EXIT
}
