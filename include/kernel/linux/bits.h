/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bits and masks. Shifts keep the kernel's types: BIT is unsigned long, BIT_ULL unsigned long long.
 */
#ifndef _LINUX_BITS_H
#define _LINUX_BITS_H

#define BITS_PER_BYTE      8
#define BITS_PER_LONG      (__SIZEOF_LONG__ * 8)
#define BITS_PER_LONG_LONG 64

#define UL(x)      (x##UL)
#define ULL(x)     (x##ULL)
#define _AC(x, y)  (x##y)
#define _UL(x)     (x##UL)
#define _ULL(x)    (x##ULL)
#define _BITUL(x)  (1UL << (x))
#define _BITULL(x) (1ULL << (x))

#define BIT(nr)           (1UL << (nr))
#define BIT_ULL(nr)       (1ULL << (nr))
#define BIT_MASK(nr)      (1UL << ((nr) % BITS_PER_LONG))
#define BITS_TO_LONGS(nr)  (((nr) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define BIT_WORD(nr)      ((nr) / BITS_PER_LONG)
#define GENMASK(h, l)     ((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))
#define GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))

#endif
