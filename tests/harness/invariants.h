/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A realm in use on a world of the image that the program is called with, and ways to break things behind everybody's
 * back.
 */
#ifndef TESTS_HARNESS_INVARIANTS_H
#define TESTS_HARNESS_INVARIANTS_H

#include "fake.h"

#include <rmisim/check.h>

#include "world.h"

#include "../../lib/granule.h"
#include "../../lib/rtt.h"

#define MIB   UINT64_C(0x100000)
#define PRIV  (4 * MIB)
#define SHARE (8 * MIB)

static const char *kernel = "4k";

struct fixture {
	struct sim_world *world;
	struct sim_vm *vm;
	struct rmm *rmm;
	uint64_t page, shared;
	rmm_pa rd;
};

static inline struct fixture *f_of(void **state)
{
	return *state;
}

/* A realm that has stored to a private and to a shared page. */
static inline int setup_kind(void **state, enum sim_user_kind kind)
{
	static struct fixture f;
	char why[256] = "";

	f.world = sim_world_new(&(struct sim_config){ .kernel = kernel }, why, sizeof(why));
	if (!f.world) {
		fprintf(stderr, "# %s\n", why);
		return -1;
	}
	sim_on_fail(f.world, sim_cmocka_fail, NULL);
	f.vm = sim_vm_new(f.world, &(struct sim_vm_config){ .user_kind = kind, .vcpus = 2 });
	f.rmm = sim_world_rmm(f.world);
	f.page = sim_page_size(f.vm);
	f.shared = sim_vm_shared_bit(f.vm);
	sim_vm_set_vmm(f.vm, &sim_vmm_converting, NULL);
	sim_guest_write(f.vm, 0, PRIV, 8, UINT64_C(0x1122334455667788));
	sim_vm_set_shared(f.vm, SHARE, f.page);
	f.rd = sim_vm_rd(f.vm);
	*state = &f;
	return f.rd && !sim_violation(f.world) ? 0 : -1;
}

static inline int setup(void **state)
{
	int err = setup_kind(state, SIM_USER_SHARED);

	if (!err)
		sim_guest_write(f_of(state)->vm, 0, f_of(state)->shared | SHARE, 8, 5);
	return err;
}

/* Only read by the realm: the zero page. */
static inline int setup_zero(void **state)
{
	int err = setup_kind(state, SIM_USER_PRIVATE);

	if (!err)
		sim_guest_read(f_of(state)->vm, 0, f_of(state)->shared | SHARE, 8);
	return err;
}

static inline int teardown(void **state)
{
	sim_world_free(f_of(state)->world);
	return 0;
}

/* Names of the contracts that broke, with commas; forgotten afterwards. */
static inline const char *broken(struct fixture *f)
{
	static char names[256];
	struct sim_check *check = &f->world->check;

	names[0] = '\0';
	for (unsigned i = 1; i < SIM_NR_CONTRACTS; i++)
		if (check->seen >> i & 1)
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
				 names[0] ? "," : "", sim_contract_name((enum sim_contract)i));
	check->seen = 0;
	f->world->violation[0] = '\0';
	return names;
}

/* The same of a look at everything. */
static inline const char *looked(struct fixture *f)
{
	f->world->looked = 0;
	sim_quiescent(f->world);
	return broken(f);
}

static inline struct rmm_entry entry_at(struct fixture *f, rmm_ipa ipa)
{
	struct rmm_entry e = { 0 };

	assert_true(rmm_walk(f->rmm, f->rd, ipa, &e));
	return e;
}

static inline rmm_pa pa_at(struct fixture *f, rmm_ipa ipa)
{
	return entry_at(f, ipa).pa;
}

/* The table that has the entry of ipa. */
static inline struct rtt *table_of(struct fixture *f, rmm_ipa ipa, unsigned *index)
{
	struct rmm_shape shape;
	struct rtt_walk w;

	assert_true(rmm_realm_shape(f->rmm, f->rd, &shape));
	w = rtt_look(f->rmm, granule_peek(f->rmm, shape.root[0])->object, ipa, 3);
	assert_int_equal(w.level, 3);
	*index = w.index;
	return w.table;
}

/* A call that the kernel knows nothing of. */
static inline uint64_t call(struct fixture *f, struct rmm_regs regs)
{
	rmm_smc(f->rmm, 0, &regs);
	return regs.x[0];
}

/* A call that was never made. */
static inline void pretend(struct fixture *f, struct rmm_regs in, struct rmm_regs out)
{
	sim_invariant_smc(f->world, &in, &out);
}

#define test(fn)      cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define test_zero(fn) cmocka_unit_test_setup_teardown(fn, setup_zero, teardown)

#endif
