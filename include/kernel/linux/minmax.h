/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * min and max evaluate each argument once and refuse to compare a signed with an unsigned value by
 * accident only as far as -Wsign-compare does; MIN and MAX are for constant expressions.
 */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/compiler.h>

#define __cmp_op(x, op, y) ((x)op(y) ? (x) : (y))
#define __cmp_once(x, op, y, ux, uy)  \
	__extension__({               \
		__auto_type ux = (x); \
		__auto_type uy = (y); \
		__cmp_op(ux, op, uy); \
	})
#define __cmp(x, op, y) __cmp_once(x, op, y, __UNIQUE_ID(x_), __UNIQUE_ID(y_))

#define min(x, y)         __cmp(x, <, y)
#define max(x, y)         __cmp(x, >, y)
#define min_t(type, x, y) __cmp((type)(x), <, (type)(y))
#define max_t(type, x, y) __cmp((type)(x), >, (type)(y))
#define umin(x, y)        min_t(unsigned long long, x, y)
#define umax(x, y)        max_t(unsigned long long, x, y)
#define min3(x, y, z)     min(min(x, y), z)
#define clamp(v, lo, hi)  min(max(v, lo), hi)
#define MIN(a, b)         __cmp_op(a, <, b)
#define MAX(a, b)         __cmp_op(a, >, b)

#define __swap_once(a, b, t)           \
	do {                           \
		__typeof__(a) t = (a); \
		(a) = (b);             \
		(b) = t;               \
	} while (0)
#define swap(a, b) __swap_once(a, b, __UNIQUE_ID(t))

#endif
