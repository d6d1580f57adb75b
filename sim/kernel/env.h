/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The environment's own header: how sim/kernel/ reaches the machine. Include it first.
 *
 * A kernel may have statics: `env` is the image's, and the harness puts the image's writable
 * sections back before each new world.
 */
#ifndef SIM_KERNEL_ENV_H
#define SIM_KERNEL_ENV_H

#define SIM_NO_ASK
#include "host.h"
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <sim/note.h>

#define TASK_MAX_HELD 24
#define TASK_MAX_SRCU 4

struct srcu_struct;

/* An actor of the machine: a CPU or a host thread. */
struct task {
	struct task_struct task;
	bool must_retry; /* its last fault met an invalidation in progress */
	/* Scheduling points since preemption was disabled, or a break offered; 0 while it is enabled. */
	unsigned int atomic_points;
	unsigned int
		keeps; /* KVM_FILTER_*: an invalidation of its own leaves these aliases alone */
	bool bugged;   /* it has met a KVM_BUG_ON() since it entered the kernel */
	bool unmaps, broke; /* it unmaps something, and has let go of a lock for others meanwhile */
	unsigned int nr_held;
	struct {
		struct sim_lock *lock;
		int mode;
		unsigned int class;
		const char *caller;
	} held[TASK_MAX_HELD];
	struct {
		const struct srcu_struct *ssp;
		int n;
		const char *caller; /* of the outermost section */
	} srcu[TASK_MAX_SRCU];
};

struct env {
	const struct sim_host_ops *ops;
	void *host;
	struct task **tasks; /* by actor */
	unsigned int nr_tasks;
	u64 warns;
	u64 pages_used;
	u64 locks_held;
	u64 pages_leaked;
	u64 objects;
	struct page *zero_page;
	struct page *huge_zero_page; /* PMD-sized, from its first use on */
};
extern struct env env;

struct task *task_current(void);
/* The running actor comes to a scheduling point. */
void task_point(void);
/* A contract of the harness is broken; the run goes on. */
void env_breach(const char *contract, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The running actor returns to user space: it may hold no lock and be in no SRCU section. */
void task_must_hold_nothing(void);
/* sim_kernel_image.holders */
unsigned int task_holders(const void *on, struct sim_holder *holders, unsigned int max);
void *env_alloc(unsigned long size);
void env_free(void *p, unsigned long size);
/* Not looked at by ThreadSanitizer: bookkeeping; and what user space has in memory, with env_touch(). */
void env_memmove(void *to, const void *from, unsigned long n);
void env_copy_user(void *to, const void *from, unsigned long n);
/* Grow an array of `*max` elements so that it holds `need`; false when memory is exhausted. */
bool env_grow(void **array, unsigned int *max, unsigned int need, unsigned long element);
/* The host touches [p, p + n): a granule that is not Non-secure, or a page that was freed, ends the run. */
void env_touch(const void *p, unsigned long n, const char *caller);

/* slab.c: let go of what kfree() still keeps to recognise mistakes. */
void slab_flush(void);

/* page_alloc.c */
int page_alloc_init(void);
/* Keep [pa, pa + size) out of the allocator, for placement. -EINVAL, -EBUSY. */
int page_reserve(u64 pa, u64 size);
/*
 * Take 2^order reserved pages (compound) from pa on. NULL when one of them is in use or pa is not aligned.
 * gfp: only __GFP_ZERO counts.
 */
struct page *page_take_reserved(u64 pa, unsigned int order, gfp_t gfp, const char *owner);
/* What an allocation begins with: it may have to sleep, others may run, it may fail (true). */
bool page_may_fail(gfp_t gfp, const char *label, const char *caller);
/* Without a check of who may look. */
bool page_is_zero(const struct page *page);
/* One page for a memory cache: a fail point of its own. */
void *page_alloc_for_cache(gfp_t gfp, const char *caller);
/* The host touches [pa, pa + n) of RAM: a page that was freed ends the run. */
void page_touched(u64 pa, u64 n, const char *caller);
/* References of the environment itself: no note, no leak count. */
void page_get(struct page *page);
void page_put(struct page *page, const char *caller);

#endif
