#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every patch has its header, applies to the port and compiles, and its correction leads back:
# sh patches.sh SOURCE-ROOT CC ARGUMENTS..
set -u
. "$1/tests/structure/tap.sh"
root=$1
shift
museum=$root/tools/museum

has_its_header()
{
	for field in Id Title Kind In Fixed Evidence Scenario Check; do
		sed '/^--- /q' "$1" | grep -q "^$field: *[^ ]" || echo "no $field:"
	done
}

compiles()
{
	rm -rf "$scratch/source"
	mkdir "$scratch/source"
	"$museum" source try "$scratch/source" "$1" 2>&1
	shift
	for file in "$scratch"/source/*.c; do
		"$@" -I "$root/sim/kvm" -fsyntax-only "$file" 2>&1
	done
}

leads_back()
{
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/sim"
	cp -r "$root/sim/kvm" "$scratch/tree/sim"
	patch -d "$scratch/tree" -p1 -s -f -N --no-backup-if-mismatch -r - <"$1" >/dev/null 2>&1 || echo "does not apply"
	"$museum" correction "$2" >"$scratch/correction" || echo "there is no correction"
	diff -r "$root/sim/kvm" "$scratch/tree/sim/kvm" >/dev/null && echo "changes nothing"
	# (two patches may share a number)
	[ "$(grep -c '^Id:' "$scratch/correction")" = 1 ] || return 0
	patch -d "$scratch/tree" -p1 -s -f -N --no-backup-if-mismatch -r - <"$scratch/correction" >/dev/null 2>&1 ||
		echo "the correction does not apply"
	diff -r "$root/sim/kvm" "$scratch/tree/sim/kvm" >/dev/null || echo "does not lead back"
}

tap_scratch
for patch in "$root"/tests/museum/[0-9][0-9][0-9]-*.patch; do
	name=$(basename "$patch" .patch)
	holds "$name has its header" has_its_header "$patch"
	holds "$name compiles" compiles "$patch" "$@"
	holds "$name has a correction" leads_back "$patch" "${name%%-*}"
done
tap_end
