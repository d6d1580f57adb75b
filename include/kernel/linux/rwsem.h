/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/lockdep.h>

struct rw_semaphore {
	struct sim_lock dep;
};

#define init_rwsem(l) __sim_lock_init(&(l)->dep, #l, false)
#define down_read(l)  __sim_lock_acquire(&(l)->dep, __SIM_READ, "down_read", __func__)
#define up_read(l)    __sim_lock_release(&(l)->dep, __SIM_READ, "up_read", __func__)
#define down_write(l) __sim_lock_acquire(&(l)->dep, __SIM_WRITE, "down_write", __func__)
#define up_write(l)   __sim_lock_release(&(l)->dep, __SIM_WRITE, "up_write", __func__)

#endif
