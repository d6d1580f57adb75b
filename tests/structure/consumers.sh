#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Other people's builds: make, CMake and Meson against an installed copy, Meson with the source as a subproject.
# sh consumers.sh SOURCE-ROOT BUILD-ROOT PREFIX COMPILER..
set -u
. "$(dirname "$0")/tap.sh"

root=$1 build=$2 prefix=$3
shift 3
compiler=$*

tap_scratch
installed=$scratch/there$prefix
# Not the environment of the build: only what is installed.
unset LD_LIBRARY_PATH RMISIM_IMAGES CFLAGS LDLIBS LDFLAGS MAKEFLAGS MAKELEVEL

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

# has FILE..: below the prefix
has()
{
	for file; do
		[ -e "$installed/$file" ] || echo "$file is not there"
	done
}

every_header_is_installed()
{
	for header in "$root"/include/rmisim/*.h; do
		has "include/rmisim/${header##*/}"
	done
}

every_subcommand_has_its_page()
{
	LD_LIBRARY_PATH=$libdir "$installed/bin/rmisim" --help | awk '/^  rmisim / { print $2 }' | while read -r name; do
		has "share/man/man1/rmisim-$name.1"
	done
	has share/man/man1/rmisim.1 share/man/man3/rmisim.3
}

has_the_port_nowhere()
{
	for library in "$libdir"/librmisim*; do
		nm --defined-only "$library" 2>/dev/null | grep -E ' (kvm_|user_mem_abort|realm_map_)' | sed "s|^|${library##*/}: |"
	done
}

# works FOLDER COMMAND..: there, with what is installed, and both cases ran
works()
{
	folder=$1
	shift
	(cd "$folder" && LD_LIBRARY_PATH=$libdir RMISIM_IMAGES=$libdir/rmisim "$@") >"$scratch/log" 2>&1 ||
		{ echo "status $?"; tail -n 20 "$scratch/log"; }
	grep -i 'warning: ' "$scratch/log"
	return 0
}

ran_both()
{
	LD_LIBRARY_PATH=$2 RMISIM_IMAGES=$3 CMOCKA_MESSAGE_OUTPUT=TAP "$1" >"$scratch/log" 2>&1 ||
		{ echo "status $?"; cat "$scratch/log"; }
	grep -c '^ok ' "$scratch/log" | grep -qx 2 || cat "$scratch/log"
}

cpp_compiles()
{
	for header in "$installed"/include/rmisim/*.h; do
		grep -q '#error ".* are C"' "$header" || echo "#include <rmisim/${header##*/}>"
	done >"$scratch/all.cc"
	echo 'int main() { return sim_world_new(nullptr, nullptr, 0) == nullptr; }' >>"$scratch/all.cc"
	# shellcheck disable=SC2046
	$cxx -std=c++11 -pedantic-errors -Wall -o "$scratch/cc" "$scratch/all.cc" $(pkg-config --cflags --libs rmisim) 2>&1
	LD_LIBRARY_PATH=$libdir RMISIM_IMAGES=$libdir/rmisim "$scratch/cc" || echo "it ends with status $?"
}

one_source()
{
	for other in cmake-consumer meson-subproject; do
		cmp "$root/examples/make-consumer/asked.c" "$root/examples/$other/asked.c"
	done
}

# A static program, images beside it, on a machine without the library.
static_works()
{
	# shellcheck disable=SC2046
	$compiler -o "$scratch/static" "$root/examples/make-consumer/asked.c" $(pkg-config --cflags rmisim) \
		"$libdir/librmisim.a" $(pkg-config --libs cmocka) $(pkg-config --static --libs-only-other --libs-only-l rmisim |
			sed 's/-lrmisim //') 2>&1
	objdump -p "$scratch/static" | grep 'NEEDED.*rmisim'
	ran_both "$scratch/static" '' "$libdir/rmisim"
}

# The source as git or a tarball has it.
copy_source()
{
	mkdir -p "$1"
	(cd "$root" && tar cf - --exclude=./build --exclude=./.git --exclude=./tests .) | (cd "$1" && tar xf -)
}

as_a_subproject()
{
	copy_source "$scratch/sub/subprojects/rmisim" &&
		{ CC="$compiler" PKG_CONFIG_PATH= meson setup --force-fallback-for=rmisim "$scratch/sub/b" "$scratch/sub" &&
			meson test -C "$scratch/sub/b"; } >"$scratch/log" 2>&1 || tail -n 30 "$scratch/log"
	grep -q 'Dependency rmisim .*overridden' "$scratch/log" || echo "the source was not used"
}

holds "it installs, with its .pc files" install_there
PKG_CONFIG_PATH=$(dirname "$(find "$installed" -name rmisim.pc)"):${PKG_CONFIG_PATH:-}
export PKG_CONFIG_PATH
libdir=$(pkg-config --variable=libdir rmisim)
lib=${libdir#"$installed"/}
holds "all public headers are there" every_header_is_installed
holds "libraries, shared and static, images and archives are there" has "$lib/librmisim.so.0" "$lib/librmisim.a" \
	"$lib/librmisim-rmm.so.0" "$lib/librmisim-rmm.a" "$lib/rmisim/kernel-4k.so" "$lib/rmisim/kernel-64k.so" \
	"$lib/rmisim/libkernel-4k.a" include/rmisim/kernel/asm/kvm_rmi.h
holds "every subcommand has its man page" every_subcommand_has_its_page
holds "completion is there" has share/bash-completion/completions/rmisim share/zsh/site-functions/_rmisim
holds "the libraries have nothing of the port" has_the_port_nowhere
trips "rmisim.pc says where the images are" "^$libdir/rmisim\$" pkg-config --variable=images rmisim
holds "the consumers have one source" one_source

cp -r "$root/examples/make-consumer" "$root/examples/cmake-consumer" "$scratch/"
if command -v make >/dev/null; then
	holds "make: builds and passes, without a warning" works "$scratch/make-consumer" make CC="$compiler" check
	holds "make: both cases ran" ran_both "$scratch/make-consumer/asked" "$libdir" "$libdir/rmisim"
else
	skips "make: builds and passes" "no make here"
fi
holds "the archive is enough for a program without the shared library" static_works
if command -v cmake >/dev/null; then
	holds "CMake: configures" works "$scratch/cmake-consumer" env CC="${compiler##* }" cmake -B b
	holds "CMake: builds" works "$scratch/cmake-consumer" cmake --build b
	holds "CMake: the test passes" works "$scratch/cmake-consumer/b" ctest --output-on-failure
	holds "CMake: both cases ran" ran_both "$scratch/cmake-consumer/b/asked" "$libdir" "$libdir/rmisim"
else
	skips "CMake: configures, builds and passes" "no cmake here"
fi
cxx=
for candidate in c++ g++ clang++; do
	command -v $candidate >/dev/null && cxx=$candidate && break
done
if [ -n "$cxx" ]; then
	holds "a program in C++11 includes every header and links" cpp_compiles
else
	skips "a program in C++11 includes every header and links" "no C++ compiler here"
fi
cp -r "$root/examples/meson-subproject" "$scratch/meson"
holds "Meson: takes the installed library" works "$scratch/meson" env CC="$compiler" meson setup b
holds "Meson: its test passes" works "$scratch/meson" meson test -C b
cp -r "$root/examples/meson-subproject" "$scratch/sub"
holds "Meson: the same with the source as a subproject" as_a_subproject
holds "Meson: both cases ran" ran_both "$scratch/sub/b/asked" "" "$scratch/sub/b/subprojects/rmisim/sim/kernel"
tap_end
