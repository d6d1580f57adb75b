#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each public header compiles alone: sh headers.sh SOURCE-ROOT COMPILER..
set -u
. "$(dirname "$0")/tap.sh"

root=$1
shift

# compiles LANGUAGE HEADER COMPILER..: a file that holds nothing but the #include
compiles()
{
	language=$1 header=$2
	shift 2
	printf '#include "%s"\n' "$header" >"$scratch/alone.$language"
	case $language in
	c) standard='-x c -std=c11 -pedantic-errors' ;;
	cc) standard='-x c++ -std=c++11 -pedantic-errors' ;;
	esac
	# shellcheck disable=SC2086
	"$@" $standard -fsyntax-only -Wall -Wextra -Werror \
		-Wno-unused-parameter -Wno-missing-field-initializers -I"$root/include" "$scratch/alone.$language"
}

tap_scratch
echo 'int i;' >"$scratch/empty.h"
compiles cc "$scratch/empty.h" "$@" >/dev/null 2>&1 && cxx=yes || cxx=no
for header in "$root"/include/rmisim/*.h; do
	name=rmisim/${header##*/}
	holds "$name compiles alone as C11" compiles c "$header" "$@"
	if grep -q '#error ".* are C"' "$header"; then
		continue # says itself that it is for C only
	elif [ $cxx = yes ]; then
		holds "$name compiles alone as C++" compiles cc "$header" "$@"
	else
		skips "$name compiles alone as C++" "this compiler has no C++"
	fi
done
echo 'uint64_t needs_stdint;' >"$scratch/needy.h"
trips "a header that needs another one is refused" 'uint64_t' compiles c "$scratch/needy.h" "$@"
tap_end
