// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memslots that come, move and go under a running realm, memory errors, vCPUs that come late, two VMs. Page
 * size independent: the same on each kernel image. Every test ends with the quiescence check.
 */
#include "fixture.h"

#include <rmisim/cmocka.h>

#define SLOT1 UINT64_C(0x10000000) /* behind the 64 MiB of slot 0 */
#define PAGES 8

/* The kernel's numbering. */
#define ENOENT    2
#define EIO       5
#define EFAULT    14
#define EBUSY     16
#define EEXIST    17
#define EINVAL    22
#define EHWPOISON 133

static struct sim_vm *default_vm(void **state)
{
	return fixture_vm(*state, &(struct sim_vm_config){ .ram_mib = 64 });
}

/* Slot 1 without guest_memfd, PAGES pages at SLOT1. */
static struct sim_vm *vm_with_plain_slot(void **state)
{
	struct sim_vm *vm = default_vm(state);

	assert_int_equal(
		sim_vm_add_slot(vm, &(struct sim_slot_config){ .slot = 1,
							       .gpa = SLOT1,
							       .size = PAGES * sim_page_size(vm),
							       .no_gmem = true }),
		0);
	return vm;
}

static void assert_written(struct sim_vm *vm, rmm_ipa ipa, uint64_t value)
{
	struct sim_exit exit = sim_guest_write(vm, 0, ipa, 8, value);

	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.realm, RMM_REALM_DONE);
}

static void assert_reads(struct sim_vm *vm, rmm_ipa ipa, uint64_t value)
{
	struct sim_exit exit = sim_guest_read(vm, 0, ipa, 8);

	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.realm, RMM_REALM_DONE);
	assert_int_equal(exit.value, value);
}

static void assert_mmio(struct sim_vm *vm, rmm_ipa ipa, uint64_t gpa)
{
	struct sim_exit exit = sim_guest_read(vm, 0, ipa, 8);

	assert_int_equal(exit.kind, SIM_MMIO);
	assert_int_equal(exit.mmio_addr, gpa);
	assert_false(exit.mmio_write);
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_DONE); /* the VMM answers */
}

/* A page that the host took away is the realm's again only when the realm asks for it. */
struct robbed {
	rmm_ipa ipa;
	uint64_t page, status, value;
	enum rmm_realm_result result;
};

static void ask_and_load(struct sim_guest *guest, void *arg)
{
	struct robbed *r = arg;
	struct rmm_regs regs = { { RSI_IPA_STATE_SET, r->ipa, r->ipa + r->page, RMI_RAM,
				   RSI_CHANGE_DESTROYED } };

	sim_guest_smc(guest, &regs);
	r->status = regs.x[0];
	r->result = sim_guest_load(guest, r->ipa, 8, &r->value);
}

static bool is_had_again(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa)
{
	struct robbed r = { .ipa = ipa, .page = sim_page_size(vm), .value = 9 };

	sim_vm_set_vmm(vm, &sim_vmm_converting, NULL);
	return !sim_vcpu_program(vm, vcpu, ask_and_load, &r) &&
	       sim_vcpu_loop(vm, vcpu).kind == SIM_DONE && !r.status && !r.value &&
	       r.result == RMM_REALM_DONE;
}

/* --- deleted, moved, recreated --- */

static void shared_memory_of_a_deleted_slot_is_mmio_and_comes_back_with_it(void **state)
{
	struct sim_vm *vm = vm_with_plain_slot(state);
	uint64_t s = sim_vm_shared_bit(vm), value = 0;

	assert_written(vm, s | SLOT1, 0x1234);
	assert_int_equal(fixture_walk(vm, s | SLOT1).hipas, RMM_MAPPED_NS);
	assert_int_equal(sim_vm_delete_slot(vm, 1), 0);
	assert_int_not_equal(fixture_walk(vm, s | SLOT1).hipas, RMM_MAPPED_NS);
	assert_mmio(vm, s | SLOT1, SLOT1);
	assert_int_equal(sim_vm_delete_slot(vm, 1), -22);
	assert_int_equal(
		sim_vm_add_slot(vm, &(struct sim_slot_config){ .slot = 1,
							       .gpa = SLOT1,
							       .size = PAGES * sim_page_size(vm),
							       .no_gmem = true }),
		0);
	assert_reads(vm, s | SLOT1, 0x1234); /* the user mapping has stayed */
	assert_int_equal(sim_vmm_read(vm, SLOT1, &value, sizeof(value)), 0);
	assert_int_equal(value, 0x1234);
}

static void private_memory_of_a_deleted_slot_is_the_hosts_again(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct rmm *rmm = sim_world_rmm(sim_vm_world(vm));
	uint64_t page = sim_page_size(vm);
	struct rmm_entry entry;

	assert_written(vm, 0x200000, 7);
	entry = fixture_walk(vm, 0x200000);
	assert_int_equal(entry.hipas, RMM_HIPAS_DATA);
	assert_int_equal(sim_vm_delete_slot(vm, 0), 0);
	assert_int_not_equal(fixture_walk(vm, 0x200000).hipas, RMM_HIPAS_DATA);
	assert_true(rmm_host_may_access(rmm, entry.pa, page));
	/* The same file in a new slot: the page is there, and wiped. */
	assert_int_equal(sim_vm_add_slot(vm, &(struct sim_slot_config){ .size = UINT64_C(64) << 20,
									.gmem = 1 }),
			 0);
	assert_true(is_had_again(vm, 0, 0x200000));
	assert_int_equal(fixture_walk(vm, 0x200000).pa, entry.pa);
}

/*
 * No slot, and an abort at a protected IPA: KVM wants to inject an SEA, but the RMM does not for such an
 * address (rmm-open-points OP-57). The guest is robbed, and livelocks where everybody can see it.
 */
static void private_access_without_a_slot_is_a_visible_livelock(void **state)
{
	struct fixture *f = *state;
	struct sim_vm *vm = default_vm(state);
	struct sim_exit exit;

	assert_written(vm, 0x200000, 7);
	assert_int_equal(sim_vm_delete_slot(vm, 0), 0);
	exit = sim_guest_read(vm, 0, 0x200000, 8);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_non_null(sim_violation(f->world));
	assert_non_null(strstr(sim_violation(f->world), "livelock"));
	f->flawed = true; /* the guest is */
}

static void a_moved_slot_shows_the_same_memory_elsewhere(void **state)
{
	struct sim_vm *vm = vm_with_plain_slot(state);
	uint64_t s = sim_vm_shared_bit(vm), page = sim_page_size(vm), value = 0x99;

	assert_written(vm, s | SLOT1, 0x4321);
	assert_int_equal(sim_vm_move_slot(vm, 1, SLOT1 + 2 * page), 0);
	assert_mmio(vm, s | SLOT1, SLOT1);
	assert_reads(vm, s | (SLOT1 + 2 * page), 0x4321);
	assert_int_equal(sim_vmm_write(vm, SLOT1 + 2 * page, &value, sizeof(value)), 0);
	assert_reads(vm, s | (SLOT1 + 2 * page), 0x99);
	assert_int_equal(sim_vm_move_slot(vm, 1, 0), -EEXIST);
	assert_int_equal(sim_vm_move_slot(vm, 0, SLOT1 + 0x10000000), -EINVAL); /* guest_memfd */
	assert_reads(vm, s | (SLOT1 + 2 * page), 0x99);
}

static void a_slot_beyond_the_ipa_space_is_refused_and_a_moved_one_comes_back(void **state)
{
	struct sim_vm *vm = vm_with_plain_slot(state);
	uint64_t s = sim_vm_shared_bit(vm);

	assert_written(vm, s | SLOT1, 5);
	assert_int_equal(sim_vm_move_slot(vm, 1, 2 * s), -EFAULT);
	assert_reads(vm, s | SLOT1, 5);
	assert_int_equal(
		sim_vm_add_slot(vm, &(struct sim_slot_config){ .slot = 2,
							       .gpa = 2 * s - sim_page_size(vm),
							       .size = 2 * sim_page_size(vm),
							       .no_gmem = true }),
		-EFAULT);
}

/* --- the same under a running vCPU --- */

struct toucher {
	struct sim_vm *vm;
	rmm_ipa ipa;
	bool may_sea; /* a private access may meet no slot */
};

static void touch(struct sim_world *w, void *arg)
{
	const struct toucher *t = arg;
	struct sim_exit exit = sim_guest_write(t->vm, 0, t->ipa, 8, 0x5a);

	if (exit.kind == SIM_MMIO) /* it met no slot: the VMM takes the store */
		exit = sim_vcpu_run(t->vm, 0);
	sim_expect(w, exit.kind == SIM_DONE);
	sim_expect(w, exit.realm == RMM_REALM_DONE || (t->may_sea && exit.realm == RMM_REALM_SEA));
}

/* In worlds of their own, where a CMocka assertion has no place. */
static struct sim_vm *explored_vm(struct sim_world *w, bool no_gmem)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_mib = 64 });

	sim_expect(w, vm);
	sim_expect(w, !sim_vm_add_slot(vm,
				       &(struct sim_slot_config){ .slot = 1,
								  .gpa = SLOT1,
								  .size = PAGES * sim_page_size(vm),
								  .no_gmem = no_gmem }));
	if (!no_gmem)
		sim_expect(w, !sim_vm_set_private(vm, SLOT1, PAGES * sim_page_size(vm)));
	sim_expect(w, !sim_vm_start(vm));
	return vm;
}

static void recreate(struct sim_world *w, struct sim_vm *vm, bool no_gmem)
{
	sim_expect(w, !sim_vm_add_slot(vm,
				       &(struct sim_slot_config){ .slot = 1,
								  .gpa = SLOT1,
								  .size = PAGES * sim_page_size(vm),
								  .no_gmem = no_gmem,
								  .gmem = no_gmem ? 0 : 2 }));
}

static void delete_and_recreate(struct sim_world *w, void *arg)
{
	struct sim_vm *vm = ((struct toucher *)arg)->vm;

	sim_expect(w, !sim_vm_delete_slot(vm, 1));
	recreate(w, vm, true);
}

static void shared_slot_touched_while_recreated(struct sim_world *w)
{
	struct sim_vm *vm = explored_vm(w, true);
	struct toucher t = { vm, SLOT1 | sim_vm_shared_bit(vm), false };
	struct sim_exit exit;
	uint64_t value = 0;

	sim_spawn(w, touch, &t);
	sim_spawn(w, delete_and_recreate, &t);
	sim_join(w);
	exit = sim_guest_write(vm, 0, t.ipa, 8, 0x77);
	sim_expect(w, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
	sim_expect(w, !sim_vmm_read(vm, SLOT1, &value, sizeof(value)));
	sim_expect(w, value == 0x77);
}

static void delete_it(struct sim_world *w, void *arg)
{
	sim_expect(w, !sim_vm_delete_slot(((struct toucher *)arg)->vm, 1));
}

/* Nothing of the slot may stay mapped, whenever the fault came. */
static void private_slot_touched_while_deleted(struct sim_world *w)
{
	struct sim_vm *vm = explored_vm(w, false);
	struct toucher t = { vm, SLOT1, true };

	sim_spawn(w, touch, &t);
	sim_spawn(w, delete_it, &t);
	sim_join(w);
	sim_expect(w, fixture_walk(vm, SLOT1).hipas != RMM_HIPAS_DATA);
	recreate(w, vm, false);
	sim_expect(w, is_had_again(vm, 0, SLOT1));
}

static void move_away(struct sim_world *w, void *arg)
{
	struct sim_vm *vm = ((struct toucher *)arg)->vm;

	sim_expect(w, !sim_vm_move_slot(vm, 1, SLOT1 + PAGES * sim_page_size(vm)));
}

/* What the guest has mapped at the old place must not stay there. */
static void slot_touched_while_moved(struct sim_world *w)
{
	struct sim_vm *vm = explored_vm(w, true);
	struct toucher t = { vm, SLOT1 | sim_vm_shared_bit(vm), false };

	sim_spawn(w, touch, &t);
	sim_spawn(w, move_away, &t);
	sim_join(w);
	sim_expect(w, fixture_walk(vm, t.ipa).hipas != RMM_MAPPED_NS);
	sim_expect(w, sim_guest_read(vm, 0, t.ipa, 8).kind == SIM_MMIO);
	sim_expect(w, sim_vcpu_run(vm, 0).kind == SIM_DONE);
}

static void expect_clean(sim_scenario scenario)
{
	struct sim_result result =
		sim_explore(scenario, &(struct sim_explore){ .config.kernel = fixture_kernel(),
							     .preemptions = 1,
							     .rewinds = true });

	assert_clean(result);
	assert_true(result.exhaustive);
	assert_true(result.schedules > 20);
}

static void a_shared_slot_is_recreated_under_a_running_vcpu(void **state)
{
	expect_clean(shared_slot_touched_while_recreated);
}

struct tally {
	unsigned clean, robbed;
	char other[256];
};

static void count(struct sim_world *world, void *ctx)
{
	const char *violation = sim_violation(world);
	struct tally *tally = ctx;

	if (!violation)
		tally->clean++;
	else if (!strncmp(violation, "livelock:", 9))
		tally->robbed++; /* see private_access_without_a_slot_is_a_visible_livelock */
	else
		snprintf(tally->other, sizeof(tally->other), "%s", violation);
}

static void a_private_slot_is_deleted_under_a_running_vcpu(void **state)
{
	struct tally tally = { 0 };
	struct sim_result result =
		sim_explore(private_slot_touched_while_deleted,
			    &(struct sim_explore){ .config.kernel = fixture_kernel(),
						   .preemptions = 1,
						   .rewinds = true,
						   .go_on = true,
						   .after = count,
						   .after_ctx = &tally });

	assert_true(result.exhaustive);
	assert_string_equal(tally.other, "");
	/* Access and deletion in turn, either first; and a guest that loses its page half way. */
	assert_true(tally.clean > 20);
	assert_true(tally.robbed > 0);
}

static void a_slot_moves_under_a_running_vcpu(void **state)
{
	expect_clean(slot_touched_while_moved);
}

/* --- slots of other kinds --- */

struct ram_program {
	rmm_ipa base, top;
	uint64_t status, value;
};

static void make_ram_and_load(struct sim_guest *guest, void *arg)
{
	struct ram_program *p = arg;

	p->status = sim_guest_set_ripas(guest, p->base, p->top, RMI_RAM);
	sim_guest_load(guest, p->base, 8, &p->value);
}

static void private_access_to_a_slot_without_guest_memfd_asks_the_vmm(void **state)
{
	struct sim_vm *vm = vm_with_plain_slot(state);
	uint64_t page = sim_page_size(vm);
	struct ram_program program = { .base = SLOT1, .top = SLOT1 + page, .value = 9 };
	struct sim_exit exit;

	assert_int_equal(sim_vcpu_program(vm, 0, make_ram_and_load, &program), 0);
	exit = sim_vcpu_run(vm, 0);
	assert_memory_fault(exit, SLOT1, page, SIM_FAULT_PRIVATE); /* the change of RIPAS */
	assert_int_equal(sim_vm_set_private(vm, SLOT1, page), 0);
	exit = sim_vcpu_run(vm, 0);
	assert_int_equal(program.status, 0);
	assert_memory_fault(exit, SLOT1, page, SIM_FAULT_PRIVATE); /* nothing backs it */
	assert_int_not_equal(fixture_walk(vm, SLOT1).hipas, RMM_HIPAS_DATA);
}

static void a_gmem_only_slot_backs_private_memory(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct sim_slot_config config = {
		.slot = 1, .gpa = SLOT1, .size = PAGES * sim_page_size(vm), .gmem_only = true
	};

	assert_int_equal(sim_vm_add_slot(vm, &config), 0);
	assert_int_equal(sim_vm_set_private(vm, SLOT1, config.size), 0);
	assert_written(vm, SLOT1, 3);
	assert_int_equal(fixture_walk(vm, SLOT1).hipas, RMM_HIPAS_DATA);
	assert_int_equal(sim_vm_punch_hole(vm, SLOT1, sim_page_size(vm)), 0);
	assert_int_not_equal(fixture_walk(vm, SLOT1).hipas, RMM_HIPAS_DATA);
	assert_true(is_had_again(vm, 0, SLOT1));
}

/*
 * In 7.1 a file that starts shared is unmapped with filter SHARED, whatever the attributes say (sheet, G4):
 * a hole then frees a page that the realm still has. The environment finds it.
 */
static void a_hole_in_a_file_that_starts_shared_frees_private_memory_in_use(void **state)
{
	struct fixture *f = *state;
	struct sim_vm *vm = default_vm(state);
	struct sim_slot_config config = { .slot = 1,
					  .gpa = SLOT1,
					  .size = PAGES * sim_page_size(vm),
					  .gmem_only = true,
					  .init_shared = true };

	assert_int_equal(sim_vm_add_slot(vm, &config), 0);
	assert_int_equal(sim_vm_set_private(vm, SLOT1, config.size), 0);
	assert_written(vm, SLOT1, 3);
	assert_true(sim_vm_punch_hole(vm, SLOT1, sim_page_size(vm)) < 0);
	assert_non_null(sim_violation(f->world));
	assert_non_null(strstr(sim_violation(f->world), "delegated-page"));
	f->flawed = true; /* 7.1 is */
}

static void two_slots_show_parts_of_one_file(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t page = sim_page_size(vm);
	struct sim_slot_config first = {
		.slot = 1, .gpa = SLOT1, .size = PAGES * page, .gmem_offset = PAGES * page
	};
	struct sim_slot_config second = {
		.slot = 2, .gpa = 2 * SLOT1, .size = PAGES * page, .gmem = 2
	};

	assert_int_equal(sim_vm_add_slot(vm, &first), 0);
	assert_int_equal(sim_vm_add_slot(vm, &second), 0);
	second.slot = 3;
	second.gpa = 3 * SLOT1;
	assert_int_equal(sim_vm_add_slot(vm, &second), -EINVAL); /* bound already */
	second.gpa = SLOT1;
	assert_int_equal(sim_vm_add_slot(vm, &second), -EEXIST);
	assert_int_equal(sim_vm_set_private(vm, SLOT1, PAGES * page), 0);
	assert_int_equal(sim_vm_set_private(vm, 2 * SLOT1, PAGES * page), 0);
	assert_written(vm, SLOT1, 1);
	assert_written(vm, 2 * SLOT1, 2);
	assert_int_equal(sim_vm_delete_slot(vm, 1), 0);
	assert_reads(vm, 2 * SLOT1, 2);
}

static void a_closed_guest_memfd_answers_no_fault(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t page = sim_page_size(vm);
	struct sim_exit exit;

	assert_written(vm, 0x200000, 1);
	assert_int_equal(sim_vm_close_gmem(vm, 0), 0);
	assert_int_not_equal(fixture_walk(vm, 0x200000).hipas, RMM_HIPAS_DATA);
	exit = sim_guest_read(vm, 0, 0x200000, 8);
	assert_memory_fault(exit, 0x200000, page, SIM_FAULT_PRIVATE);
	assert_int_equal(exit.ret, -EFAULT);
	assert_int_equal(sim_vm_close_gmem(vm, 0), -9);
}

/* --- dirty log --- */

static void shared_writes_of_a_realm_are_logged_each_time(void **state)
{
	struct sim_vm *vm = vm_with_plain_slot(state);
	uint64_t s = sim_vm_shared_bit(vm), page = sim_page_size(vm);
	unsigned long log = 0;

	assert_int_equal(sim_vm_dirty_log(vm, 1, &log, 1), -ENOENT);
	assert_written(vm, s | SLOT1, 1);
	assert_int_equal(sim_vm_set_slot_flags(vm, 1, true), 0);
	assert_int_equal(sim_vm_dirty_log(vm, 1, &log, 1), 0);
	assert_int_equal(log, 0); /* written before */
	assert_written(vm, s | SLOT1, 2);
	assert_written(vm, s | (SLOT1 + 3 * page), 3);
	assert_reads(vm, s | (SLOT1 + 4 * page), 0);
	assert_int_equal(sim_vm_dirty_log(vm, 1, &log, 1), 0);
	assert_int_equal(log, 0x9);
	assert_int_equal(sim_vm_dirty_log(vm, 1, &log, 1), 0);
	assert_int_equal(log, 0);
	assert_written(vm, s | (SLOT1 + 4 * page), 5); /* mapped for reading */
	assert_written(vm, s | SLOT1, 6);
	assert_int_equal(sim_vm_dirty_log(vm, 1, &log, 1), 0);
	assert_int_equal(log, 0x11);
	assert_int_equal(sim_vm_set_slot_flags(vm, 0, true), -EINVAL); /* guest_memfd */
}

/* --- memory errors --- */

static void a_poisoned_page_is_ehwpoison_with_a_memory_fault(void **state)
{
	struct sim_vm *vm =
		fixture_vm(*state, &(struct sim_vm_config){ .ram_mib = 64, .vcpus = 2 });
	uint64_t page = sim_page_size(vm);
	struct rmm *rmm = sim_world_rmm(sim_vm_world(vm));
	struct rmm_entry entry;
	struct sim_exit exit;

	assert_int_equal(sim_vm_poison_page(vm, 0x200000), -ENOENT);
	assert_written(vm, 0x200000, 1);
	assert_written(vm, 0x200000 + page, 2);
	entry = fixture_walk(vm, 0x200000);
	assert_int_equal(sim_vm_poison_page(vm, 0x200000), 0);
	assert_int_not_equal(fixture_walk(vm, 0x200000).hipas, RMM_HIPAS_DATA);
	assert_true(rmm_host_may_access(rmm, entry.pa, page));
	for (int i = 0; i < 2; i++) {
		exit = i ? sim_vcpu_run(vm, 0) : sim_guest_read(vm, 0, 0x200000, 8);
		assert_int_equal(exit.kind, SIM_MEMORY_FAULT);
		assert_int_equal(exit.ret, -EHWPOISON);
		assert_int_equal(exit.gpa, 0x200000);
		assert_int_equal(exit.size, page);
		assert_int_equal(exit.flags, SIM_FAULT_PRIVATE);
	}
	/* The VMM takes it away: a new page is found. */
	assert_int_equal(sim_vm_punch_hole(vm, 0x200000, page), 0);
	assert_true(is_had_again(vm, 1, 0x200000));
	assert_int_not_equal(fixture_walk(vm, 0x200000).pa, entry.pa);
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_DONE);
	assert_reads(vm, 0x200000 + page, 2);
}

/* --- vCPUs --- */

static void a_vcpu_can_be_created_until_one_has_run(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t page = sim_page_size(vm);
	static const uint8_t data[0x10000];

	/* NONE */
	assert_int_equal(sim_vm_rd(vm), 0);
	assert_int_equal(sim_vm_add_vcpu(vm), 1);
	/* NEW */
	assert_int_equal(sim_vm_populate(vm, 0x200000, data, page, false, NULL), 0);
	assert_int_not_equal(sim_vm_rd(vm), 0);
	assert_int_equal(sim_vm_add_vcpu(vm), 2);
	/* ACTIVE */
	assert_int_equal(sim_vm_start(vm), 0);
	assert_int_equal(sim_vm_add_vcpu(vm), -EBUSY);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(sim_guest_write(vm, i, 0x300000 + i * page, 8, i).kind, SIM_DONE);
	assert_null(sim_vm_kernel_vcpu(vm, 3));
}

/*
 * Every single failure on the way to ACTIVE: no vCPU joins any more, whether the realm is DEAD by then (which is
 * final) or can be run again, and the VM goes in peace.
 */
static void a_realm_that_failed_to_activate_takes_no_vcpu(void **state)
{
	unsigned dead = 0, alive = 0, k;

	for (k = 0; k < 2000; k++) {
		char choices[32], why[256];
		struct sim_world *world;
		struct sim_vm *vm;
		int err;

		snprintf(choices, sizeof(choices), "0*%u.1", k + 1);
		world = sim_world_new(
			&(struct sim_config){ .kernel = fixture_kernel(), .choices = choices }, why,
			sizeof(why));
		assert_non_null(world);
		vm = sim_vm_new(world, &(struct sim_vm_config){ .ram_mib = 64 });
		err = vm ? sim_vm_start(vm) : 0;
		if (err) {
			assert_int_equal(sim_vm_add_vcpu(vm), -EBUSY);
			err = sim_vm_start(vm);
			*(err ? &dead : &alive) += 1;
			if (err)
				assert_int_equal(sim_vm_start(vm), err);
			assert_int_equal(sim_vm_add_vcpu(vm), -EBUSY);
		}
		if (sim_world_finish(world))
			fail_msg("choices %s: %s", choices, sim_world_finish(world));
		/* No decision was left to fail: all of them have been. */
		err = !sim_choices(world)[0];
		sim_world_free(world);
		if (err)
			break;
	}
	assert_true(k < 2000);
	assert_true(dead > 3);
	assert_true(alive > 0);
}

static void a_dead_vm_leaves_the_run_loop_and_answers_nothing(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct sim_exit exit;

	assert_written(vm, 0x200000, 1);
	sim_vm_kill(vm);
	exit = sim_guest_read(vm, 0, 0x200000, 8);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_int_equal(exit.ret, -EIO);
	assert_int_equal(sim_vm_set_shared(vm, 0x200000, sim_page_size(vm)), -EIO);
	assert_int_equal(sim_vm_delete_slot(vm, 0), -EIO);
	assert_int_equal(sim_vm_add_vcpu(vm), -EIO);
}

/* --- two VMs --- */

static void two_realms_do_not_see_each_other(void **state)
{
	struct sim_vm *a = default_vm(state);
	struct sim_vm *b = sim_vm_new(sim_vm_world(a), &(struct sim_vm_config){ .ram_mib = 64 });
	uint64_t s = sim_vm_shared_bit(a);

	assert_non_null(b);
	assert_written(a, 0x200000, 0xa);
	assert_written(b, 0x200000, 0xb);
	assert_written(a, s | 0x400000, 0xaa);
	assert_written(b, s | 0x400000, 0xbb);
	assert_int_not_equal(fixture_walk(a, 0x200000).pa, fixture_walk(b, 0x200000).pa);
	assert_int_not_equal(sim_vm_rd(a), sim_vm_rd(b));
	assert_int_equal(sim_vm_delete_slot(b, 0), 0);
	assert_reads(a, 0x200000, 0xa);
	sim_vm_free(b);
	assert_reads(a, s | 0x400000, 0xaa);
	assert_reads(a, 0x200000, 0xa);
}

static void close_vm(struct sim_world *w, void *arg)
{
	sim_vm_free(arg);
}

static void one_vm_dies_while_another_faults(struct sim_world *w)
{
	struct sim_vm *a = sim_vm_new(w, &(struct sim_vm_config){ .ram_mib = 64 });
	struct sim_vm *b = sim_vm_new(w, &(struct sim_vm_config){ .ram_mib = 64 });
	struct toucher t = { a, 0x200000, false };

	sim_expect(w, a && b && !sim_vm_start(a));
	sim_expect(w, sim_guest_write(b, 0, 0x200000, 8, 1).kind == SIM_DONE);
	sim_spawn(w, touch, &t);
	sim_spawn(w, close_vm, b);
	sim_join(w);
	sim_expect(w, sim_guest_read(a, 0, 0x200000, 8).value == 0x5a);
}

static void a_vm_dies_beside_one_that_faults(void **state)
{
	expect_clean(one_vm_dies_while_another_faults);
}

#ifndef __SANITIZE_THREAD__
static void boot_by_making_a_vm(struct sim_world *w, void *arg)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .ram_mib = 64 });

	sim_expect(w, vm);
	sim_vm_free(vm);
}

static void two_actors_boot(struct sim_world *w)
{
	sim_spawn(w, boot_by_making_a_vm, NULL);
	sim_spawn(w, boot_by_making_a_vm, NULL);
	sim_join(w);
	sim_expect(w, !sim_quiescent(w));
}

static void the_kernel_boots_once_whoever_makes_the_first_vm(void **state)
{
	expect_clean(two_actors_boot);
}
#endif

#define test(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(shared_memory_of_a_deleted_slot_is_mmio_and_comes_back_with_it),
		test(private_memory_of_a_deleted_slot_is_the_hosts_again),
		test(private_access_without_a_slot_is_a_visible_livelock),
		test(a_moved_slot_shows_the_same_memory_elsewhere),
		test(a_slot_beyond_the_ipa_space_is_refused_and_a_moved_one_comes_back),
		cmocka_unit_test(a_shared_slot_is_recreated_under_a_running_vcpu),
		cmocka_unit_test(a_private_slot_is_deleted_under_a_running_vcpu),
		cmocka_unit_test(a_slot_moves_under_a_running_vcpu),
		test(private_access_to_a_slot_without_guest_memfd_asks_the_vmm),
		test(a_gmem_only_slot_backs_private_memory),
		test(a_hole_in_a_file_that_starts_shared_frees_private_memory_in_use),
		test(two_slots_show_parts_of_one_file),
		test(a_closed_guest_memfd_answers_no_fault),
		test(shared_writes_of_a_realm_are_logged_each_time),
		test(a_poisoned_page_is_ehwpoison_with_a_memory_fault),
		test(a_vcpu_can_be_created_until_one_has_run),
		cmocka_unit_test(a_realm_that_failed_to_activate_takes_no_vcpu),
		test(a_dead_vm_leaves_the_run_loop_and_answers_nothing),
		test(two_realms_do_not_see_each_other),
		cmocka_unit_test(a_vm_dies_beside_one_that_faults),
#ifndef __SANITIZE_THREAD__
		/* A VM in memory that another actor's VM had: ThreadSanitizer is not told of kmalloc()'s order. */
		cmocka_unit_test(the_kernel_boots_once_whoever_makes_the_first_vm),
#endif
	};

	return cmocka_run_group_tests_name("memslots", tests, NULL, NULL);
}
