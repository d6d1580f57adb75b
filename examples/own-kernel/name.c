/* SPDX-License-Identifier: BSD-2-Clause */
/* What rmisim calls the image. */
#include <sim/image.h>

SIM_IMAGE_NAME(NAME);
