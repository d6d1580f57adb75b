#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tools/bench --draw: from results to the table and the curve: sh bench.sh SOURCE-ROOT
set -u
. "$(dirname "$0")/tap.sh"
root=$1

tap_scratch
page=$scratch/docs/performance.md
curve=$scratch/docs/performance.svg
mkdir -p "$scratch/docs" "$scratch/build"

# results EXTRA: what `rmisim bench --json` might write
results()
{
	{
		printf '{"profile":"strict","edition":"bet1","results":['
		printf '{"name":"call-empty","about":"an empty call: VERSION","ns_per_op":52.125,"ops_per_s":1.9e+07,'
		printf '"median_ns_per_op":52,"samples":3,"ops":10,"reference_ns":78,"factor":1.49,"aim_ns":50},'
		printf '{"name":"page-one","about":"life, one by one","ns_per_op":535,"ops_per_s":1,"median_ns_per_op":530,'
		printf '"samples":3,"ops":10,"instructions_per_op":1234.5,"reference_ns":107000,"factor":200,"aim_ns":1070},'
		printf '{"name":"machine-1t-delegated","about":"all","ns_per_op":9.5e+06,"ops_per_s":105,'
		printf '"median_ns_per_op":9e+06,"samples":3,"ops":3,"size":1099511627776,"resident_bytes":70000000,'
		printf '"aim_ns":1e+07,"aim_bytes":67108864},'
		for name in page unmap range; do
			printf '{"name":"curve-%s-1m","about":"x","ns_per_op":100,"size":1048576},' $name
			printf '{"name":"curve-%s-1t","about":"x","ns_per_op":10000,"size":1099511627776}' $name
			[ $name = range ] || printf ','
		done
		printf '],"failed":[%s]}\n' "$1"
	} >"$scratch/build/bench.json"
	echo 'A machine; a compiler' >"$scratch/build/machine"
}

new_page()
{
	printf 'before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n' >"$page"
}

draws()
{
	RMISIM_BUILD=$scratch/build RMISIM_BENCH_PAGE=$page "$root/tools/bench" --draw >"$scratch/log" 2>&1 ||
		{ cat "$scratch/log"; echo "status $?"; }
}

# shows LINE FILE: the whole line is there
shows()
{
	grep -qxF -- "$1" "$2" || { echo "no line: $1"; cat "$2"; }
}

# appears COUNT PATTERN FILE
appears()
{
	n=$(grep -c -- "$2" "$3")
	[ "$n" = "$1" ] || echo "$2 appears $n times, not $1"
}

results ''
new_page
holds "the page is drawn" draws
holds "what stands outside of the markers stays" shows before "$page"
holds "and behind them" shows after "$page"
holds "the old table goes" appears 0 '^old$' "$page"
holds "the machine is named" shows 'A machine; a compiler' "$page"
holds "a missed aim is said" \
	shows '| `call-empty` | an empty call: VERSION | 52.1 ns |  | 78.0 ns | 1.5 | 50.0 ns (missed) |  |' "$page"
holds "a reached aim needs no word" \
	shows '| `page-one` | life, one by one | 535 ns | 1234 | 107 us | 200 | 1.07 us |  |' "$page"
holds "too much memory misses the aim too" \
	shows '| `machine-1t-delegated` | all | 9.50 ms |  |  |  | 10.0 ms, 64.0 MiB (missed) | 66.8 MiB |' "$page"
holds "the sizes of the curve have a table of their own" shows '| 1 TiB | 10.0 us | 10.0 us | 10.0 us |' "$page"
holds "the curve has an axis of sizes" appears 1 '>1 TiB</text>' "$curve"
holds "and one of times" appears 1 '>100 us</text>' "$curve"
# 100 ns and 10 us on an axis from 100 ns to 100 us, 82 to 408 high
holds "a point stands where its value is" appears 3 'M84.0 408.0L824.0 190.7' "$curve"
holds "three series are told apart by their marks" appears 3 '<circle' "$curve"
cp "$page" "$scratch/first"
holds "drawing again" draws
holds "changes nothing" cmp "$page" "$scratch/first"

results '{"name":"curve-range-4g","why":"stopped at 100 MiB"}'
holds "a page with failures is drawn" draws
holds "what failed is named with the reason" shows '* `curve-range-4g`: stopped at 100 MiB' "$page"

echo 'nothing here' >"$page"
trips "a page without markers is refused" 'has no line <!-- measured -->' draws
holds "and stays as it is" shows 'nothing here' "$page"
new_page
echo '{"profile":"strict","edition":"bet1","results":[],"failed":[]}' >"$scratch/build/bench.json"
trips "results without a number are refused" 'not what rmisim bench writes' draws
rm "$scratch/build/bench.json"
trips "no results are refused" 'run tools/bench first' draws
holds "and the old table stays" shows old "$page"
tap_end
