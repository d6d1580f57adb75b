/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>
#include <sim/note.h>

#define __ffs(x)     ((unsigned long)__builtin_ctzl(x))
#define __fls(x)     ((unsigned long)(BITS_PER_LONG - 1 - __builtin_clzl(x)))
#define ffs(x)       __builtin_ffs(x)
#define hweight64(x) __builtin_popcountll(x)

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static inline bool test_bit(long nr, const volatile unsigned long *addr)
{
	return __atomic_load_n(&addr[BIT_WORD(nr)], __ATOMIC_RELAXED) & BIT_MASK(nr);
}

/* The environment's own: nobody else goes on before. */
static inline void __sim_set_bit(long nr, volatile unsigned long *addr)
{
	__atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_RELAXED);
}

/* Atomic: somebody else may go on before. */
static inline void set_bit(long nr, volatile unsigned long *addr)
{
	__sim_sched("set_bit");
	__sim_set_bit(nr, addr);
}

static inline void clear_bit(long nr, volatile unsigned long *addr)
{
	__sim_sched("clear_bit");
	__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_RELAXED);
}

/* The two that answer are ordered, as they are in the kernel. */
static inline bool test_and_set_bit(long nr, volatile unsigned long *addr)
{
	__sim_sched("test_and_set_bit");
	return __atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       BIT_MASK(nr);
}

static inline bool test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	__sim_sched("test_and_clear_bit");
	return __atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_SEQ_CST) &
	       BIT_MASK(nr);
}

/* A lock of one bit. */
static inline bool test_and_set_bit_lock(long nr, volatile unsigned long *addr)
{
	__sim_sched("test_and_set_bit_lock");
	return __atomic_fetch_or(&addr[BIT_WORD(nr)], BIT_MASK(nr), __ATOMIC_ACQUIRE) &
	       BIT_MASK(nr);
}

static inline void clear_bit_unlock(long nr, volatile unsigned long *addr)
{
	__sim_sched("clear_bit_unlock");
	__atomic_fetch_and(&addr[BIT_WORD(nr)], ~BIT_MASK(nr), __ATOMIC_RELEASE);
}

/* For whoever holds a lock. */
static inline void __set_bit(long nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(long nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

#endif
