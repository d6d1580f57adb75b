#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a shared library exports is what its map says, and what its headers declare:
# sh exports.sh COMPILER LIBRARY.so MAP HEADER.. [-- LIBRARY.so MAP HEADER..]..
set -u
. "$(dirname "$0")/tap.sh"

compiler=$1
shift

# Names between `global:` and `local:`.
map_names()
{
	sed -n '/^global:/,/^local:/s/^\t\(.*\);$/\1/p' "$1" | LC_ALL=C sort
}

# What the compiler adds (coverage, sanitizers) is none of ours; versions are all the same.
exported_names()
{
	nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ && $2 != "A" { sub(/@.*/, "", $NF); print $NF }' |
		grep -E '^(rmm|rmi|rsi|sim)_' | LC_ALL=C sort -u
}

# Functions, and the few tables.
declared_names()
{
	for header; do
		$compiler -I"${header%/rmisim/*}" -P -E -x c "$header"
	done | tr '\n' ' ' | sed -E 's/static inline [^(]*\(//g; s/(enum|struct) [a-z_]+ \(\*//g' |
		grep -oE '(rmm|rmi|rsi|sim)_[a-z0-9_]+ ?\(|extern const struct [a-z_]+ [a-z_]+;' |
		sed 's/ *($//; s/^extern .* //; s/;$//' | LC_ALL=C sort -u
}

# differ FILE-OF-NAMES FILE-OF-NAMES WORDS WORDS
differ()
{
	LC_ALL=C comm -23 "$1" "$2" | sed "s|^|$3: |"
	LC_ALL=C comm -13 "$1" "$2" | sed "s|^|$4: |"
}

exports_its_map()
{
	exported_names "$1" >"$scratch/exported"
	map_names "$2" >"$scratch/map"
	differ "$scratch/exported" "$scratch/map" "exported, but not in ${2##*/}" \
		"in ${2##*/}, but not exported (a name that was taken away breaks its users)"
}

map_is_its_headers()
{
	map=$1
	shift
	map_names "$map" >"$scratch/map"
	declared_names "$@" >"$scratch/declared"
	differ "$scratch/map" "$scratch/declared" "in ${map##*/}, but in no header" \
		"declared, but hidden; add it to ${map##*/} if users are to call it"
}

hides_the_rest()
{
	grep -q '^	\*;$' "$1" || echo "${1##*/} does not say local: *"
}

# has_soname FILE NUMBER
has_soname()
{
	objdump -p "$1" | awk '$1 == "SONAME" { print $2 }' | grep -q "^librmisim.*\.so\.$2\$" ||
		echo "${1##*/} has another soname"
}

check_library()
{
	library=$1 map=$2
	shift 2
	name=$(basename "$map" .map)
	holds "lib$name exports what $name.map says" exports_its_map "$library" "$map"
	holds "$name.map is what its headers declare" map_is_its_headers "$map" "$@"
	holds "$name.map hides everything else" hides_the_rest "$map"
	holds "the soname of lib$name is 0: no promise before 1.0" has_soname "$library" 0
}

tap_scratch
first_library=$1 first_map=$2
while [ $# -gt 0 ]; do
	libraries=
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		libraries="$libraries $1"
		shift
	done
	[ $# = 0 ] || shift
	# shellcheck disable=SC2086
	check_library $libraries
done

# A map with one name less and one more.
awk '/^\t/ && !done { done = 1; print "\trmm_no_such_thing;"; next } { print }' "$first_map" >"$scratch/other.map"
trips "an exported name that the map lacks is refused" 'exported, but not in other.map' \
	exports_its_map "$first_library" "$scratch/other.map"
trips "a name of the map that is not exported is refused" 'other.map, but not exported.*: rmm_no_such_thing' \
	exports_its_map "$first_library" "$scratch/other.map"
mkdir "$scratch/rmisim"
echo 'int sim_new_thing(int); extern const struct sim_ops sim_table; typedef int (*sim_fn)(int);' >"$scratch/rmisim/a.h"
trips "a function that is declared and hidden is refused" 'but hidden; .*: sim_new_thing' \
	map_is_its_headers "$scratch/other.map" "$scratch/rmisim/a.h"
trips "so is a table" ': sim_table' map_is_its_headers "$scratch/other.map" "$scratch/rmisim/a.h"
sed '/\*;/d' "$first_map" >"$scratch/open.map"
trips "a map that hides nothing is refused" 'does not say' hides_the_rest "$scratch/open.map"
trips "another soname is refused" 'another soname' has_soname "$first_library" 1
tap_end
