/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doors that lock: what a kernel may do with locks, and what it must not.
 */
#include <linux/kvm_host.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "port_locks.h"

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_MUTEX(lock_c);
static DEFINE_SPINLOCK(spin);
static struct rw_semaphore sem;
static struct srcu_struct srcu;
static seqcount_t seq;

static struct {
	struct mutex lock;
} object[2];

static void take_both(struct mutex *first, struct mutex *second)
{
	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
}

/* Two orders of two locks: the second one is the mistake. */
static void a_then_b(void)
{
	take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
	take_both(&lock_b, &lock_a);
}

static void b_then_c(void)
{
	take_both(&lock_b, &lock_c);
}

static void c_then_a(void)
{
	take_both(&lock_c, &lock_a);
}

static void b_then_try_a(void)
{
	mutex_lock(&lock_b);
	if (mutex_trylock(&lock_a))
		mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static void two_objects(void)
{
	take_both(&object[0].lock, &object[1].lock);
}

static void two_objects_nested(void)
{
	mutex_lock(&object[0].lock);
	mutex_lock_nested(&object[1].lock, 1);
	mutex_unlock(&object[1].lock);
	mutex_unlock(&object[0].lock);
}

static void srcu_then_a(void)
{
	int idx = srcu_read_lock(&srcu);

	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	srcu_read_unlock(&srcu, idx);
}

static void a_then_srcu(void)
{
	int idx;

	mutex_lock(&lock_a);
	idx = srcu_read_lock(&srcu);
	srcu_read_unlock(&srcu, idx);
	mutex_unlock(&lock_a);
}

static void synchronize_under_a(void)
{
	mutex_lock(&lock_a);
	synchronize_srcu(&srcu);
	mutex_unlock(&lock_a);
}

static void synchronize_inside(void)
{
	srcu_read_lock(&srcu);
	synchronize_srcu(&srcu);
}

static void read_twice(void)
{
	down_read(&sem);
	down_read(&sem);
}

static void read_then_write(void)
{
	down_read(&sem);
	down_write(&sem);
}

static void lock_a_only(void)
{
	mutex_lock(&lock_a);
}

static void unlock_a_only(void)
{
	mutex_unlock(&lock_a);
}

static void unlock_read_as_write(void)
{
	down_read(&sem);
	up_write(&sem);
}

static void destroy_held(void)
{
	mutex_lock(&lock_a);
	mutex_destroy(&lock_a);
}

static void uninitialised(void)
{
	struct mutex lock = {};

	mutex_lock(&lock);
}

static void sleep_under_spinlock(void)
{
	spin_lock(&spin);
	might_sleep();
}

static void gfp_kernel_under_spinlock(void)
{
	spin_lock(&spin);
	__get_free_page(GFP_KERNEL);
}

static void gfp_atomic_under_spinlock(void)
{
	spin_lock(&spin);
	free_page(__get_free_page(GFP_ATOMIC));
	spin_unlock(&spin);
}

static void sleep_without_preemption(void)
{
	preempt_disable();
	cond_resched();
}

static void held_read_is_write(void)
{
	down_write(&sem);
	lockdep_assert_held_read(&sem);
}

static void held_is_read(void)
{
	down_read(&sem);
	lockdep_assert_held(&sem);
	lockdep_assert_held_read(&sem);
	up_read(&sem);
	lockdep_assert_not_held(&sem);
}

static void not_held_is_held(void)
{
	down_read(&sem);
	lockdep_assert_not_held(&sem);
}

static void held_by_another(void)
{
	lockdep_assert_held(&lock_a);
}

static void pass_points(unsigned int n)
{
	while (n--)
		__sim_sched("a point");
}

static void hold_for_16384_points(void)
{
	spin_lock(&spin);
	pass_points(16384);
	spin_unlock(&spin);
	pass_points(20000);
}

static void hold_for_16385_points(void)
{
	spin_lock(&spin);
	pass_points(16385);
	spin_unlock(&spin);
}

static void hold_with_a_break(void)
{
	rwlock_t lock;

	rwlock_init(&lock);
	write_lock(&lock);
	pass_points(16000);
	cond_resched_rwlock_write(&lock);
	pass_points(16000);
	write_unlock(&lock);
}

static void hold_a_mutex_for_long(void)
{
	mutex_lock(&lock_a);
	pass_points(20000);
	mutex_unlock(&lock_a);
}

static void seq_ok(void)
{
	unsigned int start = read_seqcount_begin(&seq);

	BUG_ON(read_seqcount_retry(&seq, start));
	write_seqcount_begin(&seq);
	BUG_ON(!read_seqcount_retry(&seq, start));
	write_seqcount_end(&seq);
	BUG_ON(!read_seqcount_retry(&seq, start));
	BUG_ON(read_seqcount_begin(&seq) == start);
}

static void seq_read_inside_write(void)
{
	write_seqcount_begin(&seq);
	read_seqcount_begin(&seq);
}

static void seq_two_writers(void)
{
	write_seqcount_begin(&seq);
	write_seqcount_begin(&seq);
}

static void seq_sleep(void)
{
	write_seqcount_begin(&seq);
	might_sleep();
}

#define DOOR(f)       \
	{             \
#f, f \
	}

static const struct {
	const char *name;
	void (*fn)(void);
} doors[] = {
	DOOR(hold_for_16384_points),
	DOOR(hold_for_16385_points),
	DOOR(hold_with_a_break),
	DOOR(hold_a_mutex_for_long),
	DOOR(a_then_b),
	DOOR(b_then_a),
	DOOR(b_then_c),
	DOOR(c_then_a),
	DOOR(b_then_try_a),
	DOOR(two_objects),
	DOOR(two_objects_nested),
	DOOR(srcu_then_a),
	DOOR(a_then_srcu),
	DOOR(synchronize_under_a),
	DOOR(synchronize_inside),
	DOOR(read_twice),
	DOOR(read_then_write),
	DOOR(lock_a_only),
	DOOR(unlock_a_only),
	DOOR(unlock_read_as_write),
	DOOR(destroy_held),
	DOOR(uninitialised),
	DOOR(sleep_under_spinlock),
	DOOR(gfp_kernel_under_spinlock),
	DOOR(gfp_atomic_under_spinlock),
	DOOR(sleep_without_preemption),
	DOOR(held_read_is_write),
	DOOR(held_is_read),
	DOOR(not_held_is_held),
	DOOR(held_by_another),
	DOOR(seq_ok),
	DOOR(seq_read_inside_write),
	DOOR(seq_two_writers),
	DOOR(seq_sleep),
};

static int lock_door(const char *name)
{
	unsigned int i;

	if (!sem.dep.name) {
		init_rwsem(&sem);
		init_srcu_struct(&srcu);
		seqcount_init(&seq);
		for (i = 0; i < ARRAY_SIZE(object); i++)
			__sim_lock_init(&object[i].lock.dep, "object->lock", false);
	}
	for (i = 0; i < ARRAY_SIZE(doors); i++)
		if (!strcmp(doors[i].name, name)) {
			doors[i].fn();
			return 0;
		}
	return -1;
}

__attribute__((visibility("default"))) struct test_locks sim_test_locks = { lock_door };
