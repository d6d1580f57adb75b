#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every public symbol is documented, and Doxygen has nothing to say: sh doxygen.sh SOURCE-ROOT
set -u
. "$(dirname "$0")/tap.sh"
cd "$1" || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What Doxygen has to say of the headers in FOLDER; docs/Doxyfile makes it fail, too.
reference()
{
	rm -rf "$scratch/out"
	mkdir "$scratch/out"
	{
		cat docs/Doxyfile
		echo "INPUT = $1"
		echo "OUTPUT_DIRECTORY = $scratch/out"
	} >"$scratch/Doxyfile"
	doxygen "$scratch/Doxyfile" 2>&1
}

each_header_has_a_page()
{
	for header in include/rmisim/*.h; do
		page=$scratch/out/html/$(basename "$header" .h)_8h.html
		[ -s "$page" ] || echo "$header has no page"
	done
}

if ! command -v doxygen >/dev/null 2>&1; then
	skips "every public symbol is documented" "no doxygen here"
	tap_end
	exit
fi
holds "every public symbol is documented" reference include/rmisim
holds "the reference has a page for each header" each_header_has_a_page
mkdir "$scratch/include"
printf '%s\n' '/**' ' * @file one.h' ' * A header.' ' */' 'int rmi_one(int a);' >"$scratch/include/one.h"
trips "a symbol without a sentence is refused" 'rmi_one.*is not documented' reference "$scratch/include"
printf '%s\n' '/**' ' * @file one.h' ' * A header.' ' */' '/** A sentence. @param b no such thing */' 'int rmi_one(int a);' \
	>"$scratch/include/one.h"
trips "a sentence about what is not there is refused" "argument 'b'" reference "$scratch/include"
tap_end
