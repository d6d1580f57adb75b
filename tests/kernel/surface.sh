#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What include/kernel/ declares, against the table of kvm-api-surface in tests/kernel/surface/, for each page size and
# generation; and how it refuses what it has not: sh surface.sh SOURCE-ROOT COMPILER..
set -u
. "$(dirname "$0")/../structure/tap.sh"

root=$1
shift
compiler=$*
kernel=$root/include/kernel
tap_scratch

# compiles GENERATION PAGE-SHIFT LEVELS FILE [FLAG..]
compiles()
{
	generation=$1 shift_=$2 levels=$3 file=$4
	shift 4
	# shellcheck disable=SC2086
	$compiler -fsyntax-only -std=gnu11 -nostdinc -I"$scratch/own" -I"$kernel" -idirafter "$kernel/outside" \
		-Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers \
		-DRMISIM_KERNEL_GEN="$generation" -DCONFIG_PAGE_SHIFT="$shift_" \
		-DCONFIG_PGTABLE_LEVELS="$levels" "$@" "$file"
}

# snippet TEXT..: a file of these lines
snippet()
{
	printf '%s\n' "$@" >"$scratch/snippet.c"
	echo "$scratch/snippet.c"
}

each_header_compiles_alone()
{
	find "$kernel" -name '*.h' ! -path '*/outside/*' | sed "s|^$kernel/||" | sort | while read -r header; do
		generation=$1
		case $header in
		asm/rmi_cmds.h) generation=v14 ;;
		esac
		compiles "$generation" 12 4 "$(snippet "#include <$header>")" || echo "<$header> does not"
	done
}

# Every header that is not there says so in one error, with a place to read on, and no header is in both places.
each_header_outside_says_where_to_look()
{
	find "$kernel/outside" -name '*.h' | sed "s|^$kernel/outside/||" | sort | while read -r header; do
		[ ! -f "$kernel/$header" ] || echo "<$header> is there, too"
		compiles v14 12 4 "$(snippet "#include <$header>")" >"$scratch/said" 2>&1 && echo "<$header> compiles"
		grep -q "error: .*<$header> is not there: .*docs/porting.md" "$scratch/said" ||
			cat "$scratch/said"
	done
}

for generation in v14 newest; do
	for kind in '12 4' '14 4' '16 3' '12 3'; do
		# shellcheck disable=SC2086
		set -- $kind
		for file in general kvm rmi; do
			holds "$file.c, form $generation, page shift $1, $2 levels" \
				compiles $generation "$1" "$2" "$root/tests/kernel/surface/$file.c"
		done
	done
	holds "each header compiles alone, form $generation" each_header_compiles_alone $generation
done
holds "without a word the form is v14" compiles v14 12 4 "$root/tests/kernel/surface/kvm.c" -URMISIM_KERNEL_GEN
holds "each header outside says where to look" each_header_outside_says_where_to_look

# The table can fail.
for line in 'FUNCTION(kvm_is_error_hva, int(unsigned long));' 'VALUE(KVM_EXIT_MMIO, 7);' 'TYPE(gpa_t, unsigned long);' \
	'FIELD(struct kvm, vm_dead, int);' 'FUNCTION(kvm_no_such_function, void(void));'; do
	trips "a wrong line is refused: $line" 'error: ' compiles v14 12 4 \
		"$(snippet "#include \"$root/tests/kernel/surface/surface.h\"" '#include <linux/kvm_host.h>' "$line")"
done

# Old names do not compile in the newest form, nor new ones in v14's.
old_and_new()
{
	compiles "$1" 12 4 "$(snippet '#include <asm/kvm_emulate.h>' '#include <asm/kvm_mmu.h>' \
		"long f(struct kvm *kvm);" "long f(struct kvm *kvm) { return (long)$2; }")"
}
for name in 'kvm_is_realm(kvm)' 'kvm_mem_is_private(kvm, 0)' 'kvm_gpa_from_fault(kvm, 0)' '&kvm_rec_pre_enter' \
	'&realm_map_protected'; do
	holds "v14 has $name" old_and_new v14 "$name"
	trips "the newest form has not" 'error: ' old_and_new newest "$name"
done
for name in 'kvm_vm_is_realm(kvm)' 'kvm_gmem_is_private_gfn(kvm, 0)' 'kvm_gfn_from_fault(kvm, 0)' \
	'&kvm_rec_handle_request' '&realm_map_ipa'; do
	holds "the newest form has $name" old_and_new newest "$name"
	trips "v14 has not" 'error: ' old_and_new v14 "$name"
done
trips "another generation is refused" 'RMISIM_KERNEL_GEN is v14 or newest' \
	compiles v13 12 4 "$(snippet '#include <linux/kvm_host.h>')"
trips "v14's commands are refused in the newest form" 'arm-rmi-cmds.h' \
	compiles newest 12 4 "$(snippet '#include <asm/rmi_cmds.h>')"
trips "both headers of the commands together are refused" 'include one' \
	compiles v14 12 4 "$(snippet '#include <linux/arm-rmi-cmds.h>' '#include <asm/rmi_cmds.h>')"
trips "a header of libc is not found" 'stdio.h' compiles v14 12 4 "$(snippet '#include <stdio.h>')"

# A header of one's own takes the place of one that is not there, and of one that is.
mkdir -p "$scratch/own/linux" "$scratch/own/asm"
echo 'int waits;' >"$scratch/own/linux/wait.h"
holds "one's own header takes the place of one outside" compiles v14 12 4 \
	"$(snippet '#include <linux/wait.h>' '_Static_assert(sizeof(waits) == 4, "");')"
tap_end
