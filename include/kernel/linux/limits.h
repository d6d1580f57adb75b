/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_LIMITS_H
#define _LINUX_LIMITS_H

#define U8_MAX        ((unsigned char)~0U)
#define U16_MAX       ((unsigned short)~0U)
#define U32_MAX       (~0U)
#define U64_MAX       (~0ULL)
#define INT_MAX       ((int)(~0U >> 1))
#define INT_MIN       (-INT_MAX - 1)
#define UINT_MAX      (~0U)
#define LONG_MAX      ((long)(~0UL >> 1))
#define ULONG_MAX     (~0UL)
#define ULLONG_MAX    (~0ULL)
#define SIZE_MAX      (~(size_t)0)
#define PHYS_ADDR_MAX (~(phys_addr_t)0)

#endif
