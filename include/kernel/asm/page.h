/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_PAGE_H
#define __ASM_PAGE_H
#include <asm/page-def.h>
#endif
