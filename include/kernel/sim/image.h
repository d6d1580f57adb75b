/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The name that an image tells rmisim: SIM_IMAGE_NAME("mine"); once, in any file of the image. Without it the
 * image bears that of the archive of sim/kernel which it is linked with.
 */
#ifndef _SIM_IMAGE_H
#define _SIM_IMAGE_H

extern const char sim_kernel_name[];
#define SIM_IMAGE_NAME(text) const char sim_kernel_name[] = text

#endif
