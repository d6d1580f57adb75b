/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleepable RCU: readers are counted, synchronize_srcu() waits for those that were inside.
 */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

#include <linux/cleanup.h>
#include <linux/types.h>

struct srcu_struct {
	const char *name;
	int idx;
	int readers[2];
	bool waiting;
	int class; /* as in struct sim_lock */
};

int __sim_init_srcu(struct srcu_struct *ssp, const char *name);
void __sim_cleanup_srcu(struct srcu_struct *ssp, const char *caller);
int __sim_srcu_read_lock(struct srcu_struct *ssp, const char *caller);
void __sim_srcu_read_unlock(struct srcu_struct *ssp, int idx, const char *caller);
void __sim_synchronize_srcu(struct srcu_struct *ssp, const char *caller);
/* Is any reader inside on behalf of the running actor? */
bool srcu_read_lock_held(const struct srcu_struct *ssp);

#define init_srcu_struct(s)           __sim_init_srcu(s, #s)
#define cleanup_srcu_struct(s)        __sim_cleanup_srcu(s, __func__)
#define srcu_read_lock(s)             __sim_srcu_read_lock(s, __func__)
#define srcu_read_unlock(s, i)        __sim_srcu_read_unlock(s, i, __func__)
#define synchronize_srcu(s)           __sim_synchronize_srcu(s, __func__)
#define synchronize_srcu_expedited(s) __sim_synchronize_srcu(s, __func__)
#define srcu_dereference(p, s)        __atomic_load_n(&(p), __ATOMIC_ACQUIRE)

struct srcu_guard {
	struct srcu_struct *ssp;
	int idx;
};
DEFINE_CLASS(srcu, struct srcu_guard, srcu_read_unlock(_T.ssp, _T.idx),
	     ((struct srcu_guard){ ssp, srcu_read_lock(ssp) }), struct srcu_struct *ssp)

#endif
