# SPDX-License-Identifier: BSD-2-Clause
# Count test cases in meson's testlog.json: one JSON object a line, TAP in "stdout".
#
# A program that ended badly without a "not ok" line (a crash, a timeout) counts as one failure; a
# program that succeeded without TAP counts as one test. Skipped cases count as neither, and so do those
# that TAP calls TODO: known not to hold yet.

# The value of a string member, still escaped.
function member(line, name,    at, c, value)
{
	at = index(line, "\"" name "\": \"")
	if (at == 0)
		return ""
	line = substr(line, at + length(name) + 5)
	# Up to the first quote with no backslash before it. JSON escapes a backslash as two, so
	# take those pairs out of the way first.
	gsub(/\\\\/, "\001", line)
	gsub(/\\"/, "\002", line)
	return substr(line, 1, index(line, "\"") - 1)
}

{
	result = member($0, "result")
	name = member($0, "name")
	n = split(member($0, "stdout"), lines, /\\n/)
	ok = bad = skipped = open = 0
	for (i = 1; i <= n; i++) {
		if (lines[i] ~ /^(not )?ok( |$).*# *[Ss][Kk][Ii][Pp]/)
			skipped++
		else if (lines[i] ~ /^not ok( |$).*# *[Tt][Oo][Dd][Oo]/)
			open++
		else if (lines[i] ~ /^ok( |$)/)
			ok++
		else if (lines[i] ~ /^not ok( |$)/)
			bad++
	}
	if (result == "OK" && ok + bad + skipped + open == 0)
		ok = 1
	if (result != "OK" && result != "SKIP" && result != "EXPECTEDFAIL" && bad == 0)
		bad = 1
	if (result == "SKIP")
		skipped += (skipped == 0)
	if (bad > 0)
		print "failed: " name " (" result ")"
	passed += ok
	failed += bad
	all_skipped += skipped
	all_open += open
}

END {
	if (all_skipped)
		print all_skipped + 0 " skipped"
	if (all_open)
		print all_open " open: not there yet, as their tests say (TODO)"
	print passed + 0 " passed, " failed + 0 " failed"
	exit !(passed > 0 && failed == 0)
}
