#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Somebody else's program against the installed model: sh installed.sh SOURCE-ROOT BUILD-ROOT PREFIX COMPILER..
set -u
. "$(dirname "$0")/tap.sh"

root=$1 build=$2 prefix=$3
shift 3

tap_scratch
installed=$scratch/there$prefix
# Not the environment of the build: only what is installed.
unset LD_LIBRARY_PATH

install_there()
{
	meson install -C "$build" --no-rebuild --destdir "$scratch/there" >"$scratch/log" 2>&1 || cat "$scratch/log"
	pc=$(find "$installed" -name rmisim-rmm.pc)
	[ -f "$pc" ] || { echo "no rmisim-rmm.pc below $prefix"; return; }
	grep -qx "prefix=$prefix" "$pc" || echo "the prefix is not $prefix"
	# As if it had been configured for the place where it is now.
	sed "s|^prefix=.*|prefix=$installed|" "$pc" >"$scratch/pc" && cat "$scratch/pc" >"$pc"
}

pc_says()
{
	pkg-config "$@" rmisim-rmm
}

# A promise of the documentation.
example_is_short()
{
	lines=$(wc -l <"$example/main.c")
	[ "$lines" -lt 100 ] || echo "main.c has $lines lines"
}

# compiles OUTPUT WORD..: the example, with what pkg-config says
compiles()
{
	output=$1
	shift
	"$@" -Wall -Wextra -Wno-unused-parameter -Werror -o "$scratch/$output" "$example/main.c" $flags
}

meson_builds_it()
{
	{ CC="$compiler" meson setup "$scratch/meson" "$example" &&
		meson compile -C "$scratch/meson"; } >"$scratch/log" 2>&1 || cat "$scratch/log"
}

# The calls in order, the abort, and nothing left of what the realm wrote.
tells_its_story()
{
	"$@" >"$scratch/story" 2>&1 || echo "it ends with status $?"
	diff - "$scratch/story" <<'END'
RMM_CONFIG_SET = RMI_SUCCESS
RMM_ACTIVATE = RMI_SUCCESS
GRANULE_RANGE_DELEGATE = RMI_SUCCESS
REALM_CREATE = RMI_SUCCESS
RTT_INIT_RIPAS = RMI_ERROR_RTT
RTT_CREATE = RMI_SUCCESS
RTT_INIT_RIPAS = RMI_ERROR_RTT
RTT_CREATE = RMI_SUCCESS
RTT_INIT_RIPAS = RMI_SUCCESS
REC_CREATE = RMI_SUCCESS
REALM_ACTIVATE = RMI_SUCCESS
REC_ENTER [store to IPA 0x5000: abort] = RMI_SUCCESS
RTT_DATA_MAP = RMI_ERROR_RTT
RTT_CREATE = RMI_SUCCESS
RTT_DATA_MAP = RMI_SUCCESS
REC_ENTER [store to IPA 0x5000: done] = RMI_SUCCESS
REALM_TERMINATE = RMI_SUCCESS
REC_DESTROY = RMI_SUCCESS
RTT_DATA_UNMAP = RMI_SUCCESS
RTT_DESTROY = RMI_SUCCESS
RTT_DESTROY = RMI_SUCCESS
RTT_DESTROY = RMI_SUCCESS
REALM_DESTROY = RMI_SUCCESS
GRANULE_RANGE_UNDELEGATE = RMI_SUCCESS
the host reads 0 where the realm wrote 42
END
}

# needs WORD FILE: the dynamic section names it
needs()
{
	objdump -p "$2" | grep -q "NEEDED.*$1" || echo "${2##*/} does not need $1"
}

example=$root/examples/bare-model
compiler=$*
holds "the library installs, with its .pc file" install_there
for file in rmm.h rmi.h decode.h; do
	holds "<rmisim/$file> is installed" test -f "$installed/include/rmisim/$file"
done
PKG_CONFIG_PATH=$(dirname "$(find "$installed" -name rmisim-rmm.pc)"):${PKG_CONFIG_PATH:-}
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir rmisim-rmm)
holds "the example has less than a hundred lines" example_is_short

flags=$(pc_says --cflags --libs)
trips "pkg-config names the library and no thread library" '^-I.* -lrmisim-rmm ?$' pc_says --cflags --libs
holds "the example compiles with pkg-config" compiles shared "$@"
holds "it is linked with the shared library" needs 'librmisim-rmm\.so\.0' "$scratch/shared"
trips "it does not run without it" 'status 127' tells_its_story "$scratch/shared"
holds "it tells its story with it" tells_its_story env LD_LIBRARY_PATH="$libdir" "$scratch/shared"

flags=$(pc_says --static --cflags --libs)
trips "a static program gets libmd as well" ' -lmd' pc_says --static --libs
if echo 'int main(void) { return 0; }' | "$@" -static -x c - -o "$scratch/static-c" -lmd 2>"$scratch/log"; then
	holds "the example links statically" compiles static "$@" -static
	holds "the static program tells the same" tells_its_story "$scratch/static"
else
	skips "the example links statically" "this machine has no static C library or libmd"
fi
holds "the example's own meson.build finds it" meson_builds_it
holds "and its program tells the same" tells_its_story env LD_LIBRARY_PATH="$libdir" "$scratch/meson/bare-model"
tap_end
