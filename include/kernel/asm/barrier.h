/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __ASM_BARRIER_H
#define __ASM_BARRIER_H
#include <sim/race.h>

/*
 * One CPU runs at a time; the compiler is the only one that could reorder. To ThreadSanitizer a write barrier comes
 * before all later read barriers: in the schedules in which it does. In others the race that it should prevent shows.
 */
#define __sim_barrier() __asm__ __volatile__("" ::: "memory")
#ifdef SIM_TSAN
extern const char __sim_fence[];
#define smp_rmb()                                \
	(__extension__({                         \
		__sim_barrier();                 \
		__sim_race_acquire(__sim_fence); \
	}))
#define smp_wmb()                                \
	(__extension__({                         \
		__sim_barrier();                 \
		__sim_race_release(__sim_fence); \
	}))
#define smp_mb()           \
	(__extension__({   \
		smp_rmb(); \
		smp_wmb(); \
	}))
#else
#define smp_rmb() __sim_barrier()
#define smp_wmb() __sim_barrier()
#define smp_mb()  __sim_barrier()
#endif
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
