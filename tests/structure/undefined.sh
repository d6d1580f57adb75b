#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# No image needs what nobody defines, however it was linked, or depends on the folder where it was built, so that
# a replay string of one clone fits the images of another: sh undefined.sh COMPILER IMAGE..
set -u
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/image.sh"

compiler=$1
shift
# What is in the image for debuggers alone does not count.
names_no_folder()
{
	readelf -p .rodata "$1" 2>&1 | grep -E '\] +/.*\.[ch]$' || true
}

tap_scratch
for image in "$@"; do
	holds "${image##*/} leaves nothing undefined" image_leaves_nothing_undefined "$image"
	holds "${image##*/} names no folder of this machine" names_no_folder "$image"
done

cat >"$scratch/missing.c" <<'END'
int kvm_not_modelled(void);
int sim_kernel_image(void);
int sim_kernel_image(void)
{
	return kvm_not_modelled();
}
END
$compiler -fPIC -shared -o "$scratch/missing.so" "$scratch/missing.c"
trips "an image that does is refused" 'missing.so needs kvm_not_modelled' \
	image_leaves_nothing_undefined "$scratch/missing.so"
echo 'const char *where(void); const char *where(void) { return __FILE__; }' >"$scratch/where.c"
$compiler -fPIC -shared -o "$scratch/where.so" "$scratch/where.c"
trips "an image that says where it was built is seen" 'where.c' names_no_folder "$scratch/where.so"
tap_end
