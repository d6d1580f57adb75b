/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiler attributes and annotations.
 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <sim/race.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline        __attribute__((__noinline__))
#define __maybe_unused  __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __must_check    __attribute__((__warn_unused_result__))
#define __packed        __attribute__((__packed__))
#define __aligned(x)    __attribute__((__aligned__(x)))
#define __cleanup(fn)   __attribute__((__cleanup__(fn)))
#define __printf(a, b)  __attribute__((__format__(printf, a, b)))
#define __noreturn      __attribute__((__noreturn__))
#define __weak          __attribute__((__weak__))
#define __pure          __attribute__((__pure__))
#define fallthrough     __attribute__((__fallthrough__))

/* Nothing to do in a user process. */
#define __init
#define __exit
#define __ro_after_init
#define __read_mostly
#define __user
#define __iomem
#define __force
#define __percpu
#define __rcu
#define __bitwise
#define __cold
#define noinstr
#define notrace
#define asmlinkage
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __counted_by(m)

#define barrier()     __asm__ __volatile__("" ::: "memory")
#define unreachable() __builtin_unreachable()
#define cpu_relax()   barrier()

#ifdef SIM_TSAN
#define READ_ONCE(x)     __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELAXED)
#define data_race(expr)                           \
	__extension__({                           \
		__sim_race_ignore_begin();        \
		__typeof__(expr) __race = (expr); \
		__sim_race_ignore_end();          \
		__race;                           \
	})
#else
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define data_race(expr)  (expr)
#endif

#define ___PASTE(a, b)      a##b
#define __PASTE(a, b)       ___PASTE(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(__unique_##prefix, _), __COUNTER__)
#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)

#define EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym)
#define EXPORT_SYMBOL_FOR_KVM(sym)

#define IS_ENABLED(option) (option)

#endif
