#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Exhibits of the RMM: patches against lib/, each the model with one defect.
#
#	sh source.sh files NAME PATCH             the names that `source` will write
#	sh source.sh source ROOT NAME DIR PATCH   the touched files of ROOT/lib, patched, as DIR/NAME-FILE, and the header
set -u

die()
{
	echo "tests/museum/model: $*" >&2
	exit 2
}

# An object takes the place of the archive's, so what is patched is a source file.
touched()
{
	[ -r "$1" ] || die "$1: cannot be read"
	files=$(sed -n 's|^+++ b/\([^[:blank:]]*\).*|\1|p' "$1" | sort -u)
	[ -n "$files" ] || die "${1##*/}: touches no file"
	for file in $files; do
		case $file in
		lib/*.c) ;;
		*) die "${1##*/}: touches $file; an exhibit of the RMM changes lib/*.c only" ;;
		esac
	done
}

# lib/rmi/map.c becomes NAME-rmi-map.c
flat()
{
	printf '%s-%s\n' "$1" "$(printf '%s' "${2#lib/}" | tr / -)"
}

print_files()
{
	touched "$2"
	echo "$1-exhibit.c"
	for file in $files; do
		flat "$1" "$file"
	done
}

# The program knows what it is an exhibit of.
header_as_c()
{
	echo '/* generated from the header of a patch */'
	echo 'extern const char exhibit_of_this_program[];'
	echo 'const char exhibit_of_this_program[] ='
	sed '/^--- /,$d; s/[\\"]/\\&/g; s/.*/"&\\n"/' "$1"
	echo ';'
}

write_source()
{
	root=$1 name=$2 into=$3 patch=$4
	scratch=$(mktemp -d) || exit 2
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 2' INT TERM HUP
	touched "$patch"
	for file in $files; do
		[ -f "$root/$file" ] || die "${patch##*/}: the model has no file ${file#lib/}"
		mkdir -p "$scratch/${file%/*}"
		cp "$root/$file" "$scratch/$file" && chmod u+w "$scratch/$file" || exit 2
	done
	if ! patch -d "$scratch" -p1 -s -f -N --no-backup-if-mismatch -r - <"$patch" \
	     >"$scratch/log" 2>&1; then
		cat "$scratch/log" >&2
		die "${patch##*/} no longer applies to the model"
	fi
	header_as_c "$patch" >"$into/$name-exhibit.c"
	for file in $files; do
		{
			# Messages and debuggers shall name the model's file.
			printf '#line 1 "%s"\n' "$file"
			cat "$scratch/$file"
		} >"$into/$(flat "$name" "$file")"
	done
}

command=${1:-}
case $command:$# in
files:3) print_files "$2" "$3" ;;
source:5) write_source "$2" "$3" "$4" "$5" ;;
*) die "files NAME PATCH, or source ROOT NAME DIR PATCH" ;;
esac
