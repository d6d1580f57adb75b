#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the built files show to others:
# sh symbols.sh SCRATCH-COMPILER --images FILE.so.. --objects FILE.a.. --library FILE.. --kernel FILE.a..
#     --alone FILE.so HEADER..
#
#   images   kernel images
#   objects  archives of lib/ and sim/ (harness), for the search for mutable globals
#   library  what a user links; kernel: archives whose names it must not have
#   alone    the model's shared library, and the public headers that it implements
set -u
. "$(dirname "$0")/tap.sh"

compiler=$1
shift
images= objects= library= kernel= alone= into=
for word in "$@"; do
	case $word in
	--images | --objects | --library | --kernel | --alone) into=${word#--} ;;
	*) eval "$into=\"\$$into \$word\"" ;;
	esac
done

# Names that FILE.. defines for others; dynamic ones for a shared object.
defined_names()
{
	for file in "$@"; do
		case $file in
		*.a | *.o) nm -g --defined-only "$file" ;;
		*) nm -D --defined-only "$file" ;;
		# Without the version of a name; that of the whole library (A) is none.
		esac | awk 'NF == 3 && $2 !~ /^[wWvVA]$/ { sub(/@.*/, "", $3); print $3 }'
	done | sort -u
}

# Tables that sanitizers and coverage add are none of ours.
without_compiler_names()
{
	grep -Ev '^(__(asan|odr_asan|tsan|ubsan|sanitizer|gcov|llvm|start|stop)|_(init|fini|edata|end)$|__bss_start$)'
}

image_exports_only_its_tables()
{
	names=$(defined_names "$1" | without_compiler_names)
	printf '%s\n' "$names" | grep -vxE 'sim_kernel_(image|probe|exhibit)' | sed "s|^|${1##*/} exports |"
	printf '%s\n' "$names" | grep -qx sim_kernel_image || echo "${1##*/} has no sim_kernel_image"
}

# A shared library shows only our prefixes. An archive has internal names too, which must at least not be
# a kernel's.
library_exports_no_kernel_name()
{
	file=$1
	shift
	defined_names "$file" | without_compiler_names >"$scratch/library"
	case $file in
	*.a | *.o)
		defined_names "$@" | without_compiler_names | grep -Ev '^sim_' >"$scratch/kernel"
		comm -12 "$scratch/library" "$scratch/kernel"
		;;
	*)
		grep -Ev '^(rmm|rmi|rsi|sim)_' "$scratch/library"
		;;
	esac | sed "s|^|${file##*/} exports |"
}

# Objects in writable sections; what only the loader writes (.data.rel.ro) is constant.
archive_has_no_mutable_global()
{
	objdump -t "$1" | awk -v archive="${1##*/}" '
		/:[ \t]+file format/ { file = $1; next }
		/ O / && match($0, / O [^ \t]+/) {
			split(substr($0, RSTART + 1), word, /[ \t]+/)
			if (word[2] !~ /^\.(data|bss|tdata|tbss)/ && word[2] != "*COM*")
				next
			if (word[2] ~ /^\.data\.rel\.ro/ || word[4] ~ /^(__|\.L)/)
				next
			print archive ": " file " " word[4] " in " word[2]
		}'
}

# exports_what_headers_declare FILE.so HEADER..: no function more, and none less
exports_what_headers_declare()
{
	file=$1
	shift
	defined_names "$file" | without_compiler_names >"$scratch/exported"
	for header in "$@"; do
		$compiler -I"${header%/rmisim/*}" -P -E -x c "$header" | tr '\n' ' ' | sed 's/static inline [^(]*(//g' |
			grep -oE '(rmm|rmi|rsi)_[a-z0-9_]+ ?\(' | tr -d ' ('
	done | sort -u >"$scratch/declared"
	comm -23 "$scratch/exported" "$scratch/declared" | sed "s|^|${file##*/} exports what no header declares: |"
	comm -13 "$scratch/exported" "$scratch/declared" | sed "s|^|${file##*/} lacks |"
}

# libc and libmd, and of libc no threads (they live in it, in newer ones).
needs_libc_and_libmd_only()
{
	objdump -p "$1" | awk '$1 == "NEEDED" && $2 !~ /^(libc|libmd|ld-linux.*)\.(so|musl)/ { print "needs " $2 }'
	nm -D --undefined-only "$1" | awk '{ sub(/@.*/, "", $NF) }
		$NF ~ /^(pthread_|sem_|thrd_|mtx_|cnd_|dlopen)/ { print "needs " $NF }'
}

tap_scratch
# shellcheck disable=SC2086
if [ -n "$alone" ]; then
	set -- $alone
	holds "${1##*/} exports what its headers declare" exports_what_headers_declare "$@"
	holds "${1##*/} needs libc and libmd only" needs_libc_and_libmd_only "$1"
fi
# shellcheck disable=SC2086
{
	for image in $images; do
		holds "${image##*/} exports only its tables" image_exports_only_its_tables "$image"
	done
	for archive in $objects; do
		holds "${archive##*/} has no mutable global" archive_has_no_mutable_global "$archive"
	done
	for file in $library; do
		holds "${file##*/} exports no kernel name" library_exports_no_kernel_name "$file" $kernel
	done
}

cat >"$scratch/sample.c" <<'EOF'
int sim_kernel_image, kvm_handle_guest_abort, rmm_smc;
EOF
cat >"$scratch/state.c" <<'EOF'
static int counter;
static const char *const names[] = { "a", "b" };
const char *next_name(void);
const char *next_name(void)
{
	static int last = 1;

	counter++;
	return names[last ^= 1];
}
EOF
cat >"$scratch/clean.c" <<'EOF'
static const char *const names[] = { "a", "b" };
const char *rmm_name(unsigned i);
const char *rmm_name(unsigned i)
{
	return names[i & 1];
}
EOF
# shellcheck disable=SC2086
for sample in sample state clean; do
	$compiler -O0 -fno-common -fPIC -c -o "$scratch/$sample.o" "$scratch/$sample.c" &&
		$compiler -shared -o "$scratch/$sample.so" "$scratch/$sample.o"
done
trips "an image with more than its tables is refused" 'exports kvm_handle_guest_abort' \
	image_exports_only_its_tables "$scratch/sample.so"
trips "a file that is no image is refused" 'has no sim_kernel_image' \
	image_exports_only_its_tables "$scratch/clean.so"
holds "a library without kernel names is accepted" library_exports_no_kernel_name "$scratch/clean.so"
trips "a library with kernel names is refused" 'exports kvm_handle_guest_abort' \
	library_exports_no_kernel_name "$scratch/sample.so"
trips "an archive with kernel names is refused" 'exports kvm_handle_guest_abort' \
	library_exports_no_kernel_name "$scratch/sample.o" "$scratch/sample.o"
holds "constant tables are accepted" archive_has_no_mutable_global "$scratch/clean.o"
trips "a file-scope variable is refused" ' counter in ' archive_has_no_mutable_global "$scratch/state.o"
trips "a static local variable is refused" '[ .]last[ .]' archive_has_no_mutable_global "$scratch/state.o"
mkdir -p "$scratch/include/rmisim"
echo 'const char *rmm_name(unsigned i); static inline int rmm_no(void) { return 0; }' >"$scratch/include/rmisim/one.h"
printf 'const char *rmm_name(unsigned i);\nint\nrmm_missing(void);\n' >"$scratch/include/rmisim/two.h"
cat >"$scratch/threads.c" <<'END'
void *dlopen(const char *, int);
int pthread_yield_now(void);
int rmm_use(void);
int rmm_use(void)
{
	return dlopen("", 0) || pthread_yield_now();
}
END
$compiler -fPIC -shared -o "$scratch/threads.so" "$scratch/threads.c"
holds "a library with what its header declares is accepted" \
	exports_what_headers_declare "$scratch/clean.so" "$scratch/include/rmisim/one.h"
trips "a library that lacks a function is refused" 'lacks rmm_missing' \
	exports_what_headers_declare "$scratch/clean.so" "$scratch/include/rmisim/two.h"
trips "a library with a function too many is refused" 'no header declares: rmm_smc' \
	exports_what_headers_declare "$scratch/sample.so" "$scratch/include/rmisim/one.h"
trips "a library that needs threads is refused" 'needs pthread_' needs_libc_and_libmd_only "$scratch/threads.so"
holds "a library that needs libc only is accepted" needs_libc_and_libmd_only "$scratch/clean.so"
tap_end
