/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_DAIFFLAGS_H
#define __ASM_DAIFFLAGS_H
#include <asm/barrier.h>
#define DAIF_PROCCTX 0
#define local_daif_mask() \
	do {              \
	} while (0)
#define local_daif_restore(f) \
	do {                  \
	} while (0)
#endif
