#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A copy of one file of the model with a fault: sh plant.sh SOURCE PATCH OUTPUT
set -u
cp "$1" "$3.new" && chmod u+w "$3.new" || exit 2
if ! patch -s -f -N --no-backup-if-mismatch -r - "$3.new" "$2" >"$3.log" 2>&1; then
	cat "$3.log" >&2
	echo "plant.sh: ${2##*/} no longer applies to ${1##*/}" >&2
	exit 2
fi
# Messages and debuggers shall name the model's file.
{
	printf '#line 1 "%s"\n' "$1"
	cat "$3.new"
} >"$3"
rm -f "$3.new" "$3.log"
