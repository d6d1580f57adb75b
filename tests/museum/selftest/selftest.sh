#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An exhibit whose patch only changes a comment builds, and its test says that nothing is found; a patch
# that no longer applies is named: sh selftest.sh SOURCE-ROOT RMISIM ATTRIBUTES [EXHIBIT..], by default all that are built
set -u
. "$1/tests/structure/tap.sh"
root=$1 rmisim=$2 attributes=$3
shift 3

# fails_with PATTERN COMMAND..: an objection unless COMMAND fails and a line of it matches
fails_with()
{
	pattern=$1
	shift
	if said=$("$@" 2>&1); then
		echo "succeeds: $*"
	fi
	printf '%s\n' "$said" | grep -Eq -- "$pattern" || printf 'no %s in:\n%s\n' "$pattern" "$said"
}

[ $# -gt 0 ] || set -- $("$rmisim" museum --list --kernel comment-only | sed '/^M/d; s/ .*//')

# Each exhibit of the port, looked for in an image that differs by a comment; that runs its line to the end.
for id; do
	holds "a comment in place of $id: not found" \
		fails_with "^# $id is not found: no violation in [1-9]" \
		"$rmisim" museum --tap --quick --kernel comment-only "$id"
done
holds "a comment in place of B045: no difference is found" \
	fails_with '^# B045 is not found: no difference to the clean port' "$rmisim" museum --tap --kernel comment-only B045
holds "B045 in place of the two-way check: a difference is found" \
	fails_with '^# two-way is not found: RMI call: ' "$rmisim" museum --tap --kernel B045 two-way
holds "there was one" fails_with '^# B044 is not found' "$rmisim" museum --tap --kernel comment-only B044
holds "a comment in place of the unfiltered dispatcher: no difference is found" \
	fails_with 'comment-only and two-way: a difference in attribute-space is not found' \
	"$attributes" differs comment-only two-way
holds "a comment in place of the two-way check: no difference is found" \
	fails_with 'unfiltered and unfiltered: a difference in attribute-space is not found' \
	"$attributes" differs unfiltered unfiltered
holds "the unfiltered dispatcher in place of the clean one: it is not the same" \
	fails_with 'attribute-space: a difference in bound 0' "$attributes" same 4k unfiltered
holds "a comment in place of B45: no difference is found" \
	fails_with '4k and comment-only: a difference in row_7 is not found' "$attributes" policy 4k comment-only

tap_scratch
museum=$root/tools/museum
cat >"$scratch/999-gone.patch" <<'EOF'
--- a/sim/kvm/mmu.c
+++ b/sim/kvm/mmu.c
@@ -1,3 +1,3 @@
 a line that the port does not have
-another
+and one more
 and the last
EOF
holds "a patch that no longer applies is named" \
	fails_with '999-gone.patch no longer applies' "$museum" source x "$scratch" "$scratch/999-gone.patch"
sed 's|sim/kvm/mmu.c|sim/kvm/nothing.c|' "$scratch/999-gone.patch" >"$scratch/998-file.patch"
holds "a patch to a file that is gone is named" \
	fails_with '998-file.patch: the port has no file nothing.c' \
	"$museum" source x "$scratch" "$scratch/998-file.patch"
sed 's|sim/kvm/mmu.c|lib/rtt.c|' "$scratch/999-gone.patch" >"$scratch/997-model.patch"
holds "a patch to something else than the port is refused" \
	fails_with '997-model.patch: touches lib/rtt.c' \
	"$museum" source x "$scratch" "$scratch/997-model.patch"
holds "every exhibit applies to the port as it is" sh -c '"$0" check >/dev/null' "$museum"
tap_end
