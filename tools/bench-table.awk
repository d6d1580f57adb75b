# SPDX-License-Identifier: BSD-2-Clause
# Rows of bench-rows.awk as a table in Markdown. The curve's rows go into a table of their own, one line a size.

function duration(ns,    i) {
	if (ns == "-" || ns <= 0)
		return ""
	for (i = 1; ns >= 999.5 && i < 4; i++)
		ns /= 1000
	return sprintf(ns >= 99.5 ? "%.0f %s" : ns >= 9.95 ? "%.1f %s" : "%.2f %s", ns, unit[i])
}

function bytes(n) {
	if (n == "-")
		return ""
	return n < 1048576 ? sprintf("%d KiB", n / 1024) : sprintf("%.1f MiB", n / 1048576)
}

function aims(    text) {
	text = $8 == "-" ? "" : duration($8)
	if ($9 != "-")
		text = text (text == "" ? "" : ", ") bytes($9)
	return text
}

function missed() {
	return ($8 != "-" && $3 > $8) || ($9 != "-" && $6 > $9)
}

function size_name(n,    i) {
	for (i = 1; n >= 1024; i++)
		n /= 1024
	return n " " size_unit[i]
}

BEGIN {
	FS = "\t"
	split("ns us ms s", unit, " ")
	split("B KiB MiB GiB TiB", size_unit, " ")
}

/^=/ { profile = substr($1, 2); edition = $2; next }
/^!/ { failed[++nr_failed] = "`" substr($1, 2) "`: " $2; next }

$1 ~ /^curve-/ {
	split($1, part, "-")
	if (!($10 in seen)) {
		seen[$10] = 1
		size[++nr_sizes] = $10
	}
	cost[$10, part[2]] = $3
	next
}

{
	row[++nr] = "| `" $1 "` | " $2 " | " duration($3) " | " ($5 == "-" ? "" : sprintf("%d", $5)) " | " duration($7) \
		" | " ($7 == "-" ? "" : sprintf($7 / $3 < 100 ? "%.1f" : "%d", $7 / $3)) " | " aims() (missed() ? " (missed)" : "") \
		" | " bytes($6) " |"
	insns = insns || $5 != "-"
}

END {
	print "Profile " profile ", edition " edition "."
	if (!insns)
		print "The machine counts no instructions."
	print ""
	print "| | an operation | takes | instructions | reference | factor | aim, at most | resident |"
	print "|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= nr; i++)
		print row[i]
	if (nr_sizes) {
		print ""
		print "| spread over | `curve-page`, a page | `curve-unmap`, a page | `curve-range`, a range |"
		print "|---|---|---|---|"
	}
	for (i = 1; i <= nr_sizes; i++)
		print "| " size_name(size[i]) " | " duration(cost[size[i], "page"]) " | " \
			duration(cost[size[i], "unmap"]) " | " duration(cost[size[i], "range"]) " |"
	for (i = 1; i <= nr_failed; i++)
		print (i == 1 ? "\nNot measured:\n\n" : "") "* " failed[i]
}
