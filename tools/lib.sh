# SPDX-License-Identifier: BSD-2-Clause
# Shared by tools/demo and tools/test: what the build needs, and how it is made. Sourced, POSIX sh.
#
# RMISIM_BUILD       build folder (default: build/ in the source tree)
# RMISIM_MESON_ARGS  more arguments for `meson setup`, split at blanks
# CC                 C compiler, as meson takes it
# RMISIM_OS_RELEASE  read this instead of /etc/os-release (for tests)

root=$(cd "$(dirname "$0")/.." && pwd)
build=${RMISIM_BUILD:-$root/build}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac

say()
{
	printf '%s\n' "$*" >&2
}

die()
{
	say "$*"
	exit 2
}

# variant NAME ARGUMENTS TEST-ARGUMENT..: build in another way, in build-NAME; sets `setup` for `meson test`
variant()
{
	variant=$1
	[ -n "${RMISIM_BUILD:-}" ] || build=$root/build${1:+-$1}
	RMISIM_MESON_ARGS="$2 ${RMISIM_MESON_ARGS:-}"
	shift 2
	setup=$*
	# The compiler of the cross file; what is built must not depend on the other one.
	[ "$variant" != aarch64 ] || unset CC
}

# The first command that exists and runs as a C compiler and finds the C library's headers.
have_compiler()
{
	for compiler in "${CC:-}" cc gcc clang; do
		[ -n "$compiler" ] || continue
		# $CC may hold options ("gcc -m32"), so it is split.
		echo '#include <stdio.h>' | $compiler -E -x c - >/dev/null 2>&1 && return 0
	done
	return 1
}

have_library()
{
	{ pkg-config --exists "$1" || pkgconf --exists "$1"; } >/dev/null 2>&1
}

# Sets `missing` to words for people and `packages` to Debian's package names.
find_missing()
{
	missing= packages=
	need meson meson command -v meson
	need ninja ninja-build ninja_command
	need 'a C compiler' 'gcc libc6-dev' have_compiler
	need pkg-config pkg-config pkg_config_command
	need patch patch command -v patch
	need CMocka libcmocka-dev have_library cmocka
	need libbsd libbsd-dev have_library libbsd
	need libmd libmd-dev have_library libmd
	# Tests skip what they have no gdb for: it is installed where that needs no question.
	[ -z "${for_tests:-}" ] || ! may_install || need gdb gdb command -v gdb
	case ${variant:-}:${setup:-} in
	aarch64:*)
		need 'a compiler for aarch64' gcc-aarch64-linux-gnu command -v aarch64-linux-gnu-gcc
		need qemu-user qemu-user command -v qemu-aarch64
		for library in cmocka libbsd libmd; do
			need "$library for aarch64" "lib${library#lib}-dev:arm64" test -f /usr/lib/aarch64-linux-gnu/pkgconfig/$library.pc
		done
		;;
	*valgrind) need valgrind 'valgrind libc6-dbg' command -v valgrind ;;
	esac
}

ninja_command()
{
	command -v ninja || command -v ninja-build || command -v samu
}

pkg_config_command()
{
	command -v pkg-config || command -v pkgconf
}

# need WORD PACKAGES TEST..: note WORD and PACKAGES unless TEST succeeds
need()
{
	need_word=$1 need_packages=$2
	shift 2
	"$@" >/dev/null 2>&1 && return
	missing="$missing${missing:+, }$need_word"
	packages="$packages $need_packages"
}

is_debian_like()
{
	os_release=${RMISIM_OS_RELEASE:-/etc/os-release}
	[ -r "$os_release" ] && command -v apt-get >/dev/null 2>&1 || return 1
	# shellcheck disable=SC1090
	case " $(. "$os_release" && echo "${ID:-} ${ID_LIKE:-}") " in
	*' debian '* | *' ubuntu '*) return 0 ;;
	esac
	return 1
}

may_install()
{
	is_debian_like && { [ "$(id -u)" = 0 ] || sudo -n true </dev/null >/dev/null 2>&1; }
}

apt()
{
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" </dev/null >"$apt_log" 2>&1 && return
	cat "$apt_log" >&2
	rm -f "$apt_log"
	die "apt-get failed; see above, or install yourself:$packages"
}

# Everything that the build needs is there when this returns.
install_missing()
{
	find_missing
	[ -n "$missing" ] || return 0
	say "Missing: $missing."
	foreign=
	case $packages in *:arm64*) foreign='sudo dpkg --add-architecture arm64 && ' ;; esac
	if ! is_debian_like; then
		die "This system is not Debian or Ubuntu: install meson (1.0 or newer), ninja, gcc or" \
		    "clang, pkg-config, patch, and the development files of CMocka, libbsd and libmd."
	fi
	if [ "$(id -u)" = 0 ]; then
		as_root=
	elif sudo -n true </dev/null >/dev/null 2>&1; then
		as_root='sudo -n'
	else
		die "Run this, then try again:" \
		    "${foreign}sudo apt-get update && sudo apt-get install -y --no-install-recommends$packages"
	fi
	apt_log=$(mktemp)
	case $packages in
	*:arm64*) $as_root dpkg --add-architecture arm64 || die "dpkg --add-architecture arm64 failed" ;;
	esac
	say "Running: ${as_root:+$as_root }apt-get update"
	apt update
	say "Running: ${as_root:+$as_root }apt-get install -y --no-install-recommends$packages"
	# shellcheck disable=SC2086
	apt install -y --no-install-recommends $packages
	rm -f "$apt_log"
	find_missing
	[ -z "$missing" ] || die "Still missing after the installation: $missing."
}

# run_logged WORDS COMMAND..: quiet when it works, everything when it does not
run_logged()
{
	log=$build/rmisim-build.log
	what=$1
	shift
	mkdir -p "$build"
	"$@" </dev/null >"$log" 2>&1 && return
	cat "$log" >&2
	die "$what failed; the lines above say why."
}

# Configure when there is no build folder yet or its arguments changed.
configure()
{
	arguments="${CC:-} ${RMISIM_MESON_ARGS:-}"
	if [ ! -f "$build/build.ninja" ] ||
	   [ "$arguments" != "$(cat "$build/rmisim-arguments" 2>/dev/null)" ]; then
		say "Configuring $build"
		mkdir -p "$build"
		# Not --wipe: it would keep the old arguments.
		rm -rf "$build/meson-private" "$build/meson-info" "$build/build.ninja"
		# shellcheck disable=SC2086
		run_logged "meson setup" meson setup "$build" "$root" ${RMISIM_MESON_ARGS:-}
		printf '%s\n' "$arguments" >"$build/rmisim-arguments"
	fi
}

# Configure if need be, then compile: all of it, or the targets that are named.
build_all()
{
	configure
	say "Building in $build"
	run_logged "The build" meson compile -C "$build" "$@"
	warnings=$(grep -c 'warning:' "$build/rmisim-build.log") || true
	[ "$warnings" = 0 ] || say "$warnings compiler warnings, see $build/rmisim-build.log"
}
