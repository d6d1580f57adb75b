/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule of one's own, beside what holds in every run: a VMM that has one page mapped, the window, shares that page and
 * nothing else. A hook looks at each RMI call. With -DBUG=1 the VMM forgets to unmap the rest.
 */
#include <rmisim/cmocka.h>

#define WINDOW UINT64_C(0)
#define TOP    UINT64_C(0x400000)

static uint64_t outside; /* not in the world, so it begins anew with each run */

static void look(void *ctx, const struct sim_event *event)
{
	if (event->seq == 0)
		outside = 0;
	if (event->kind != SIM_EVENT_RMI_CALL || event->rmm->regs_in->x[0] != RMI_RTT_UNPROT_MAP)
		return;
	if ((event->rmm->regs_in->x[2] & ~event->shared_bit) != WINDOW)
		outside = event->rmm->regs_in->x[2];
}

static void a_realm_reaches_for_more(struct sim_world *w)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_mib = TOP >> 20 });
	uint64_t shared = sim_vm_shared_bit(vm), next = WINDOW + sim_page_size(vm);

	if (!BUG)
		sim_expect(w, sim_vm_munmap(vm, next, TOP - next) == 0);
	sim_expect(w, sim_guest_write(vm, 0, shared | WINDOW, 8, 1).kind == SIM_DONE);
	sim_guest_write(vm, 0, shared | next, 8, 2);
	if (outside)
		sim_fail(w, "IPA 0x%" PRIx64 " is shared", outside);
}

static void a_realm_shares_the_window_only(void **state)
{
	assert_clean(sim_explore(a_realm_reaches_for_more,
				 &(struct sim_explore){ .config.event = look }));
}

/* Known of v14 as posted: its descriptors. Anything else that it broke would still be found. */
static void v14_breaks_only_what_is_known(void **state)
{
	struct sim_explore v14 = { .config = { .event = look, .kernel = "v14-posted" } };

	assert_memory_equal(sim_explore(a_realm_reaches_for_more, &v14).violation,
			    "desc-state: ", 12);
	v14.config.known_breaches = "desc-state";
	assert_clean(sim_explore(a_realm_reaches_for_more, &v14));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_realm_shares_the_window_only),
					    cmocka_unit_test(v14_breaks_only_what_is_known) };

	return sim_run_group_tests(tests, argc, argv);
}
