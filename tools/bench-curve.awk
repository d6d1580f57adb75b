# SPDX-License-Identifier: BSD-2-Clause
# The curve rows of bench-rows.awk as SVG: cost of one operation (log 10) over the size it is spread over (log 2).

function log2(x) { return log(x) / log(2) }
function log10(x) { return log(x) / log(10) }
function x_of(bytes) { return left + (log2(bytes) - low_x) / (high_x - low_x) * (right - left) }
function y_of(ns) { return bottom - (log10(ns) - low_y) / (high_y - low_y) * (bottom - top) }
# All digits, also above 2^31
function key(bytes) { return sprintf("%.0f", bytes) }
function floor(x) { return int(x) > x ? int(x) - 1 : int(x) }

function size_name(n,    i) {
	for (i = 1; n >= 1024; i++)
		n /= 1024
	return n " " size_unit[i]
}

function time_name(ns,    i) {
	for (i = 1; ns >= 1000; i++)
		ns /= 1000
	return ns " " time_unit[i]
}

function text(x, y, anchor, what, more) {
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n", x, y, anchor, more, what
}

function line(x1, y1, x2, y2, colour) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, colour
}

# A mark that is told from the others without its colour
function mark(s, x, y) {
	if (s == "page")
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, y, colour[s]
	else if (s == "unmap")
		printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\" fill=\"%s\"/>\n", x - 3.5, y - 3.5, colour[s]
	else
		printf "<path d=\"M%.1f %.1fl4.5 8h-9z\" fill=\"%s\"/>\n", x, y - 5, colour[s]
}

function grid(    i, n) {
	for (n = 1048576; n <= 1099511627776 * 1.01; n *= 4) {
		line(x_of(n), top, x_of(n), bottom, "#e4e4e4")
		text(x_of(n), bottom + 18, "middle", size_name(n), "")
	}
	for (i = low_y; i <= high_y; i++) {
		line(left, y_of(10 ^ i), right, y_of(10 ^ i), i == low_y ? "#555" : "#e4e4e4")
		text(left - 8, y_of(10 ^ i) + 4, "end", time_name(10 ^ i), "")
	}
	line(left, top, left, bottom, "#555")
	text((left + right) / 2, bottom + 42, "middle", "size of the memory and of the address range that the pages or ranges are spread over", "")
	text(18, (top + bottom) / 2, "middle", "time of one operation", sprintf(" transform=\"rotate(-90 18 %.1f)\"", (top + bottom) / 2))
}

function series(s, title, i,    n, path) {
	for (n = 1048576; n <= 1099511627776 * 1.01; n *= 4) {
		if (!((s, key(n)) in cost))
			continue
		path = path (path == "" ? "M" : "L") sprintf("%.1f %.1f", x_of(n), y_of(cost[s, key(n)]))
	}
	printf "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", path, colour[s]
	for (n = 1048576; n <= 1099511627776 * 1.01; n *= 4)
		if ((s, key(n)) in cost)
			mark(s, x_of(n), y_of(cost[s, key(n)]))
	mark(s, left + 14, 16 + 19 * i)
	text(left + 26, 20 + 19 * i, "start", title, "")
}

BEGIN {
	FS = "\t"
	split("B KiB MiB GiB TiB", size_unit, " ")
	split("ns us ms s", time_unit, " ")
	width = 860; height = 470
	left = 84; right = width - 36; top = 82; bottom = height - 62
	low_x = 20; high_x = 40
	colour["page"] = "#1f5fa8"; colour["unmap"] = "#b3450f"; colour["range"] = "#3f7f3f"
}

$1 ~ /^curve-/ {
	split($1, part, "-")
	cost[part[2], key($10)] = $3
	if (!nr++ || $3 < least)
		least = $3
	if ($3 > most)
		most = $3
}

END {
	if (!nr)
		exit 1
	low_y = floor(log10(least))
	high_y = floor(log10(most)) + 1
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" ", width, height, width, height
	print "font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">"
	print "<!-- SPDX-License-Identifier: BSD-2-Clause -->"
	print "<title>Cost of one operation from 1 MiB to 1 TiB</title>"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height
	grid()
	series("page", "curve-page: life of a 4 KiB page, 256 of them spread over the size", 0)
	series("unmap", "curve-unmap: one RTT_DATA_UNMAP of the whole size with 256 pages in it, per page", 1)
	series("range", "curve-range: one 256th of the size delegated and undelegated as a range", 2)
	print "</svg>"
}
