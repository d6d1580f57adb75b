/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image's name; alone in its file, so that one defined by the image's own files takes its place.
 */
#include <sim/image.h>

SIM_IMAGE_NAME(SIM_KERNEL_NAME);
