/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_ALIGN_H
#define _LINUX_ALIGN_H

#define __ALIGN_KERNEL_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN(x, a)                  __ALIGN_KERNEL_MASK(x, (__typeof__(x))(a)-1)
#define ALIGN_DOWN(x, a)             ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)             (((x) & ((__typeof__(x))(a)-1)) == 0)
#define PTR_ALIGN(p, a)              ((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define PTR_ALIGN_DOWN(p, a)         ((__typeof__(p))ALIGN_DOWN((unsigned long)(p), (a)))
#define round_up(x, y)               ALIGN(x, y)
#define round_down(x, y)             ALIGN_DOWN(x, y)

#endif
