#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/ as a new user tries them (bare-model: installed.sh): in a folder of their own, against an installed copy.
# sh examples.sh SOURCE-ROOT BUILD-ROOT PREFIX SCENARIO-PROGRAM.. -- COMPILER..
set -u
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/image.sh"

root=$1 build=$2 prefix=$3
shift 3
programs=
while [ "$1" != -- ]; do
	programs="$programs $1"
	shift
done
shift
compiler=$*

tap_scratch
installed=$scratch/there$prefix
own=$scratch/own
# Not the environment of the build: only what is installed.
unset LD_LIBRARY_PATH RMISIM_IMAGES

install_there()
{
	meson install -C "$build" --no-rebuild --destdir "$scratch/there" >"$scratch/log" 2>&1 || cat "$scratch/log"
	for name in rmisim rmisim-rmm rmisim-kernel; do
		pc=$(find "$installed" -name $name.pc)
		[ -f "$pc" ] || { echo "no $name.pc below $prefix"; continue; }
		# As if it had been configured for the place where it is now.
		sed "s|^prefix=.*|prefix=$installed|" "$pc" >"$scratch/pc" && cat "$scratch/pc" >"$pc"
	done
}

# at_most LINES FILE: without comments
at_most()
{
	lines=$(grep -cv '^#' "$2")
	[ "$lines" -le "$1" ] || echo "${2##*/} has $lines lines"
}

# meson_builds FOLDER
meson_builds()
{
	{ CC="$compiler" meson setup "$1/b" "$1" && meson compile -C "$1/b"; } >"$scratch/log" 2>&1 ||
		cat "$scratch/log"
	grep -i 'warning: ' "$scratch/log"
	return 0
}

# The installed program on an image.
rmisim()
{
	LD_LIBRARY_PATH=$libdir "$installed/bin/rmisim" "$@"
}

tells_the_story()
{
	rmisim demo --kernel "$1" >"$scratch/story" 2>&1 && tail -n 1 "$scratch/story" | grep -q '15 of 15 checks hold' ||
		tail -n 5 "$scratch/story"
}

# An image bears its own name, wherever it is found.
is_named()
{
	rmisim fault 'fault_ipa=0x10046880000, esr=0x92000007' --kernel "$1" >"$scratch/story" 2>&1
	grep -q "^machine  kernel $2," "$scratch/story" || head -n 3 "$scratch/story"
}

# A scenario program of the build, which asks for its images by the names of rmisim's own, gets ours.
passes_on_ours()
{
	LD_LIBRARY_PATH=$libdir RMISIM_IMAGES="$scratch/as-ours:$libdir/rmisim" CMOCKA_MESSAGE_OUTPUT=TAP \
		"$1" >"$scratch/log" 2>&1 || grep -v '^ok' "$scratch/log"
}

# by_hand OUTPUT PKG-CONFIG-WORD FILE|FLAG..: an image without Meson
by_hand()
{
	output=$1 words=$2
	shift 2
	# shellcheck disable=SC2046,SC2086
	(cd "$own" && $compiler -shared -fPIC -O1 -o "$scratch/$output" "$@" \
		$(pkg-config $words rmisim-kernel) $(pkg-config --variable=ldflags_4k rmisim-kernel))
}

port_files()
{
	(cd "$own" && find kvm -name '*.c')
}

# One sentence, and no crash.
is_refused()
{
	rmisim demo --kernel "$1" >"$scratch/story" 2>&1
	status=$?
	[ $status = 1 ] || [ $status = 2 ] || echo "it ends with status $status"
	grep -q "$2" "$scratch/story" || head -n 3 "$scratch/story"
}

archives_are_bsd()
{
	for archive in "$libdir"/rmisim/libkernel-*.a; do
		nm --defined-only "$archive" 2>/dev/null | awk '$2 == "T" { print $3 }' |
			grep -xE 'kvm_handle_guest_abort|user_mem_abort|realm_map_protected|rmi_delegate_range|kvm_create_rec' |
			sed "s|^|${archive##*/} defines |"
	done
	grep -rLE 'SPDX-License-Identifier: BSD-2-Clause' --include='*.h' "$installed/include/rmisim" | sed 's/$/: not BSD/'
}

vmm_story()
{
	LD_LIBRARY_PATH=$libdir RMISIM_IMAGES=$libdir/rmisim "$scratch/vmm/b/vmm" "$1" >"$scratch/story" 2>&1 ||
		echo "it ends with status $?"
	diff - "$scratch/story" <<'END'
hello from a realm
vcpu 0 wants 0x200000 shared
message 1 is 42
vcpu 0 wants 0x200000 private
1
vcpu 0: SYSTEM_EVENT
END
}

# under_60 FILE: comments and all
under_60()
{
	lines=$(wc -l <"$1")
	[ "$lines" -lt 60 ] || echo "${1##*/} has $lines lines"
}

# A test of an example, by its path, that passes.
passes()
{
	LD_LIBRARY_PATH=$libdir "$@" >"$scratch/log" 2>&1 || cat "$scratch/log"
}

# finds PROGRAM SENTENCE: its bug, and says how to make that run again
finds()
{
	LD_LIBRARY_PATH=$libdir RMISIM_IMAGES=$libdir/rmisim "$1" >"$scratch/found" 2>&1 && echo "it passes"
	grep -q -- "$2" "$scratch/found" && grep -q '^lanes, the end of them:' "$scratch/found" || cat "$scratch/found"
}

# replays SENTENCE: the line that was printed last, as it stands there, makes one run, with the same violation
replays()
{
	line=$(sed -n "s/.*again, alone:  *\\(RMISIM_REPLAY='.*\\)/\\1/p" "$scratch/found" | head -n 1)
	[ -n "$line" ] || { echo "there is no line"; return; }
	LD_LIBRARY_PATH=$libdir RMISIM_IMAGES=$libdir/rmisim sh -c "$line" >"$scratch/again" 2>&1 && echo "it passes"
	grep -q -- "^1 of 1 .* violates*: .*$1" "$scratch/again" || cat "$scratch/again"
}

# example FOLDER NAME SENTENCE: a test of ours, the same with its bug, and the bug again
example()
{
	cp -r "$root/examples/$1" "$scratch/$1"
	holds "$1: less than sixty lines" under_60 "$scratch/$1/$2.c"
	holds "$1: builds apart from the tree, without a warning" meson_builds "$scratch/$1"
	for kind in $kinds; do
		mkdir -p "$scratch/$1/$kind"
		cp "$libdir/rmisim/kernel-$kind.so" "$scratch/$1/$kind/kernel-4k.so"
		holds "$1: passes on $kind" passes env RMISIM_IMAGES="$scratch/$1/$kind:$libdir/rmisim" "$scratch/$1/b/$2"
	done
	holds "$1: its bug is found, and told" finds "$scratch/$1/b/$2-bug" "$3"
	holds "$1: and comes again from the line that is printed" replays "$3"
}

holds "it installs, with its .pc files" install_there
PKG_CONFIG_PATH=$(dirname "$(find "$installed" -name rmisim-kernel.pc)"):${PKG_CONFIG_PATH:-}
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir rmisim-kernel)
kinds=$(pkg-config --variable=kinds rmisim-kernel)
holds "the archives and headers have nothing of the port" archives_are_bsd

# Own kernel files
cp -r "$root/examples/own-kernel" "$own" && cp -r "$root/sim/kvm" "$own/kvm"
holds "own-kernel: ten lines of Meson" at_most 10 "$own/meson.build"
holds "own-kernel: builds apart from the tree, without a warning" meson_builds "$own"
mkdir "$scratch/as-ours"
for kind in $kinds; do
	image=$own/b/kernel-own-$kind.so
	cp "$image" "$scratch/as-ours/kernel-$kind.so"
	holds "own-$kind leaves nothing undefined" image_leaves_nothing_undefined "$image"
	holds "own-$kind tells the story of the demo" tells_the_story "$image"
	holds "own-$kind bears its own name" is_named "$scratch/as-ours/kernel-$kind.so" "own-$kind"
done
for program in $programs; do
	holds "${program##*/} passes on the own images" passes_on_ours "$program"
done

# shellcheck disable=SC2046
holds "one command makes an image, too" by_hand one.so --cflags $(port_files)
holds "and it tells the story" tells_the_story "$scratch/one.so"
holds "without a name of its own it has the archive's" is_named "$scratch/one.so" 4k

# A series with a header of its own
mkdir -p "$own/inc/asm"
sed 's/^struct realm {/&\n\tu64 mine[64];/' "$installed/include/rmisim/kernel/asm/kvm_rmi.h" >"$own/inc/asm/kvm_rmi.h"
# shellcheck disable=SC2046
holds "one's own asm/kvm_rmi.h takes the place of the installed one" by_hand larger.so --cflags -Iinc $(port_files)
holds "with a larger struct realm the story is the same" tells_the_story "$scratch/larger.so"

# Mistakes have names.
(cd "$own" && $compiler -c -fPIC -Iinc -o odd.o kvm/rmi.c $(pkg-config --cflags rmisim-kernel))
# shellcheck disable=SC2046
holds "an image of files that disagree links" by_hand odd.so --cflags odd.o $(port_files | grep -vx kvm/rmi.c)
holds "and is refused before it boots" is_refused "$scratch/odd.so" 'compiled with different <asm/kvm_rmi.h>'
# shellcheck disable=SC2046
holds "an image of the flags of another page size links" by_hand mixed.so --variable=cflags_16k $(port_files)
holds "and is refused before it boots" is_refused "$scratch/mixed.so" 'other flags or headers than sim/kernel'

printf '%s\n' '#include <asm/kvm_mmu.h>' 'void f(struct kvm *kvm);' \
	'void f(struct kvm *kvm)' '{' '	stage2_unmap_vm(kvm);' '}' >"$own/missing.c"
# shellcheck disable=SC2046
trips "what is declared and not modelled does not link, by name" 'undefined .*stage2_unmap_vm' \
	by_hand missing.so --cflags missing.c $(port_files)
printf '%s\n' '#include <linux/wait.h>' >"$own/header.c"
trips "a header that is not there says where to look" '<linux/wait.h> is not there: .*docs/porting.md' \
	by_hand header.so --cflags header.c
printf '%s\n' '#include <stdio.h>' >"$own/libc.c"
trips "libc is out of sight" 'stdio.h' by_hand libc.so --cflags libc.c

# A VMM's own exit handler
cp -r "$root/examples/vmm" "$scratch/vmm"
holds "vmm: less than a hundred lines" at_most 99 "$scratch/vmm/main.c"
holds "vmm: builds apart from the tree, without a warning" meson_builds "$scratch/vmm"
for kind in $kinds; do
	holds "vmm: the handler serves a realm on $kind" vmm_story "$kind"
done
holds "vmm: and on the own image" vmm_story "$own/b/kernel-own-4k.so"

# Without an image there is one sentence, and no run to count.
without_images()
{
	LD_LIBRARY_PATH=$libdir RMISIM_IMAGES=$scratch/explore "$scratch/explore/b/convert" 2>&1
}

example explore convert 'vCPU 0 exits again and again'
# (the library looks where it was configured to be, too)
image_is_named="explore: an image that is not there is named, with the remedy"
if [ -e "$prefix/${libdir#"$installed"/}/rmisim/kernel-4k.so" ]; then
	skips "$image_is_named" "rmisim is installed in $prefix"
else
	trips "$image_is_named" "^nothing was run: there is no kernel image '4k'; give" without_images
fi
example inject populate 'expected sim_guest_read(vm, 0, gpa, 1).value == '
example check window 'IPA 0x[0-9a-f]* is shared'
tap_end
