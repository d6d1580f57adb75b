/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_BARRIER_H
#define __ASM_BARRIER_H
/* One CPU runs at a time; the compiler is the only one that could reorder. */
#define smp_rmb()               __asm__ __volatile__("" ::: "memory")
#define smp_wmb()               __asm__ __volatile__("" ::: "memory")
#define smp_mb()                __asm__ __volatile__("" ::: "memory")
#define rmb()                   smp_rmb()
#define wmb()                   smp_wmb()
#define mb()                    smp_mb()
#define isb()                   smp_mb()
#define dsb(opt)                smp_mb()
#define dmb(opt)                smp_mb()
#define smp_load_acquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define pmr_sync() \
	do {       \
	} while (0)
#endif
