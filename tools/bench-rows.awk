# SPDX-License-Identifier: BSD-2-Clause
# The JSON of `rmisim bench` (one line, as it writes it) as rows with tabs:
#
#   name about ns median_ns insns resident reference aim aim_bytes size     "-" where there is none
#   !name why                                                             what failed
#   =profile edition

# Text or number of `key` in the object `s`
function field(s, key,    rest) {
	if (!match(s, "\"" key "\":(\"[^\"]*\"|[^,}\\]]*)"))
		return "-"
	rest = substr(s, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	gsub(/"/, "", rest)
	return rest
}

{
	n = split($0, object, /\{"name":/)
	print "=" field(object[1], "profile") "\t" field(object[1], "edition")
	for (i = 2; i <= n; i++) {
		s = "\"name\":" object[i]
		if (s ~ /"why":/) {
			print "!" field(s, "name") "\t" field(s, "why")
			continue
		}
		print field(s, "name") "\t" field(s, "about") "\t" field(s, "ns_per_op") "\t" field(s, "median_ns_per_op") \
			"\t" field(s, "instructions_per_op") "\t" field(s, "resident_bytes") "\t" field(s, "reference_ns") \
			"\t" field(s, "aim_ns") "\t" field(s, "aim_bytes") "\t" field(s, "size")
		rows++
	}
}

END { exit !rows }
