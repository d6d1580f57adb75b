/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H
#include <linux/align.h>
#define DIV_ROUND_UP(n, d)     (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), (unsigned long long)(d))
#define roundup(x, y)          ((((x) + (y)-1) / (y)) * (y))
#define rounddown(x, y)        ((x) - ((x) % (y)))
#endif
