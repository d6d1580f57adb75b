#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# No image needs what nobody defines, however it was linked: sh undefined.sh COMPILER IMAGE..
set -u
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/image.sh"

compiler=$1
shift
tap_scratch
for image in "$@"; do
	holds "${image##*/} leaves nothing undefined" image_leaves_nothing_undefined "$image"
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
tap_end
