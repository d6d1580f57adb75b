/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two vCPUs store to a shared page as if it were private, and for each of them the VMM converts it. Going shared gives
 * the guest_memfd page back. With -DBUG=1 going private does so, too, so that the page begins empty: but when both
 * have faulted, the second conversion destroys what the first one's vCPU has stored meanwhile.
 */
#include <rmisim/cmocka.h>

#define PAGE UINT64_C(0x200000)

static enum sim_vmm_answer convert(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				   void *ctx)
{
	bool private = exit->flags & SIM_FAULT_PRIVATE;
	int err = private ? sim_vm_set_private(vm, exit->gpa, exit->size)
			  : sim_vm_set_shared(vm, exit->gpa, exit->size);

	if (!err && (!private || BUG))
		err = sim_vm_punch_hole(vm, exit->gpa, exit->size);
	return err ? SIM_VMM_STOP : SIM_VMM_RESUME;
}

static void store_0(struct sim_world *w, void *vm)
{
	sim_expect(w, sim_guest_write(vm, 0, PAGE, 8, 0xcafe).kind == SIM_DONE);
}

static void store_1(struct sim_world *w, void *vm)
{
	sim_expect(w, sim_guest_write(vm, 1, PAGE + 8, 8, 0xcafe).kind == SIM_DONE);
}

static void two_vcpus_want_it_private(struct sim_world *w)
{
	static const struct sim_vmm_ops vmm = { .memory_fault = convert };
	struct sim_vm *vm = sim_vm_new(
		w, &(struct sim_vm_config){ .vcpus = 2, .shared_at_start = true, .ram_mib = 4 });

	sim_expect(w, vm && sim_vm_start(vm) == 0);
	sim_vm_set_vmm(vm, &vmm, NULL);
	sim_spawn_named(w, "vcpu0", store_0, vm);
	sim_spawn_named(w, "vcpu1", store_1, vm);
	sim_join(w);
	sim_expect(w, sim_guest_read(vm, 0, PAGE, 8).value == 0xcafe);
	sim_expect(w, sim_guest_read(vm, 0, PAGE + 8, 8).value == 0xcafe);
}

static void no_store_is_lost(void **state)
{
	assert_clean(sim_explore(two_vcpus_want_it_private,
				 &(struct sim_explore){ .preemptions = 2, .rewinds = true }));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_store_is_lost) };

	return sim_run_group_tests(tests, argc, argv);
}
