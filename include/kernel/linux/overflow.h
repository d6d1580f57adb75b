/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/types.h>

#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d) __builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)

/* true when [start, start + size) does not lie below max. */
static inline bool __range_overflows(u64 start, u64 size, u64 max)
{
	return start >= max || size > max - start;
}
#define range_overflows(start, size, max) __range_overflows(start, size, max)

static inline size_t size_mul(size_t a, size_t b)
{
	size_t r;

	return __builtin_mul_overflow(a, b, &r) ? (size_t)-1 : r;
}

#define struct_size(p, member, n) (sizeof(*(p)) + size_mul(sizeof((p)->member[0]), n))

#endif
