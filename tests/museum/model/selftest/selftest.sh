#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Exhibits of the RMM: a patch that only changes a comment builds, and its test says that nothing is found; a patch that
# cannot be used is named: sh selftest.sh SOURCE-ROOT RMISIM KERNELS FOLDER-OF-model-M00
set -u
. "$1/tests/structure/tap.sh"
root=$1 rmisim=$2
export RMISIM_IMAGES="$3:$4"

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

holds "a comment in place of a defect of the RMM: not found" \
	fails_with '^# M00 is not found: no violation in [1-9]' "$rmisim" museum --tap M00

tap_scratch
source=$root/tests/museum/model/source.sh
cat >"$scratch/M98-gone.patch" <<'EOF'
--- a/lib/rtt.c
+++ b/lib/rtt.c
@@ -1,3 +1,3 @@
 a line that the model does not have
-another
+and one more
 and the last
EOF
holds "a patch that no longer applies is named" \
	fails_with 'M98-gone.patch no longer applies' \
	sh "$source" source "$root" M98 "$scratch" "$scratch/M98-gone.patch"
sed 's|lib/rtt.c|lib/nothing.c|' "$scratch/M98-gone.patch" >"$scratch/M97-file.patch"
holds "a patch to a file that is gone is named" \
	fails_with 'M97-file.patch: the model has no file nothing.c' \
	sh "$source" source "$root" M97 "$scratch" "$scratch/M97-file.patch"
sed 's|lib/rtt.c|sim/kvm/mmu.c|' "$scratch/M98-gone.patch" >"$scratch/M96-port.patch"
holds "a patch to something else than the model is refused" \
	fails_with 'M96-port.patch: touches sim/kvm/mmu.c' \
	sh "$source" source "$root" M96 "$scratch" "$scratch/M96-port.patch"
tap_end
