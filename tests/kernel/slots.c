/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memslots and their order of events, the dirty log, vCPUs and dead VMs in a kernel image by itself:
 * expectations are those of the dispatch sheet, G6.
 */
#include "vm.h"

enum { CREATE, DELETE, MOVE, FLAGS_ONLY };

static int region(unsigned id, unsigned flags, unsigned long long gpa, unsigned long long size)
{
	return vm.m->image->set_memory_region(vm.kvm, &(struct sim_memslot){ .slot = id,
									     .flags = flags,
									     .gpa = gpa,
									     .size = size,
									     .hva = HVA,
									     .gmem = vm.gmem });
}

/* A VM with slot 0, two pages at SLOT, without guest_memfd. */
static void plain_slot(unsigned flags)
{
	assert_int_equal(vm.m->image->create_vm(41, 0, &vm.kvm), 0);
	assert_int_equal(vm.m->image->mmap(vm.kvm, HVA, 4 * PAGE, 3, 1), 0);
	assert_int_equal(region(0, flags, SLOT, 2 * PAGE), 0);
}

static void assert_event(unsigned i, const char *name, int change)
{
	assert_string_equal(call(i)->name, name);
	assert_int_equal(call(i)->change, change);
}

static bool has_slot(unsigned long long gfn)
{
	int writable;

	return vm.m->port->faultin(vm.kvm, gfn, 0, &writable) != 1ull << 63;
}

/* Order of events */

static void a_new_slot_is_prepared_then_shown_then_committed(void **state)
{
	assert_int_equal(vm.m->image->create_vm(41, 0, &vm.kvm), 0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(region(0, 0, SLOT, PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 2);
	assert_event(0, "prepare", CREATE);
	assert_true(call(0)->arch_locked);
	assert_event(1, "commit", CREATE);
	assert_false(call(1)->arch_locked);
	assert_int_equal(call(1)->generation, call(0)->generation + 1);
}

static void a_deleted_slot_is_invalid_while_it_is_flushed(void **state)
{
	create_vm(1, 3, 1);
	assert_int_equal(region(0, 0, 0, 0), 0);
	assert_int_equal(vm.m->port->nr_calls, 3);
	assert_string_equal(call(0)->name, "flush_slot");
	assert_false(call(0)->slot_valid);
	assert_false(call(0)->mmu_locked);
	assert_false(call(0)->arch_locked);
	assert_event(1, "prepare", DELETE);
	assert_true(call(1)->arch_locked);
	assert_event(2, "commit", DELETE);
	/* One swap hides the slot, another one takes it away. */
	assert_int_equal(call(1)->generation, call(0)->generation);
	assert_int_equal(call(2)->generation, call(0)->generation + 1);
	assert_int_equal(region(0, 0, 0, 0), -22);
	/* The guest_memfd is free to be bound again. */
	assert_int_equal(region(0, SIM_MEM_GUEST_MEMFD, SLOT, PAGES * PAGE), 0);
}

static void a_moved_slot_is_flushed_at_its_old_place(void **state)
{
	plain_slot(0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(region(0, 0, SLOT + PAGE, 2 * PAGE), 0); /* overlaps only itself */
	assert_string_equal(call(0)->name, "flush_slot");
	assert_int_equal(call(0)->start, GFN);
	assert_false(call(0)->slot_valid);
	assert_event(1, "prepare", MOVE);
	assert_int_equal(call(1)->start, GFN + 1);
	assert_event(2, "commit", MOVE);
	assert_int_equal(call(2)->generation, call(0)->generation + 1);
	assert_false(has_slot(GFN));
	assert_true(has_slot(GFN + 1));
	assert_true(has_slot(GFN + 2));
}

static void new_flags_are_one_swap_without_a_flush(void **state)
{
	plain_slot(0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(region(0, SIM_MEM_LOG_DIRTY, SLOT, 2 * PAGE), 0);
	assert_int_equal(vm.m->port->nr_calls, 2);
	assert_event(0, "prepare", FLAGS_ONLY);
	assert_event(1, "commit", FLAGS_ONLY);
	assert_int_equal(call(1)->generation, call(0)->generation + 1);
}

static void a_refused_change_brings_the_flushed_slot_back(void **state)
{
	plain_slot(0);
	vm.m->port->nr_calls = 0;
	vm.m->port->prepare_result = -14;
	assert_int_equal(region(0, 0, SLOT + PAGE, 2 * PAGE), -14);
	assert_string_equal(call(0)->name, "flush_slot");
	assert_event(1, "prepare", MOVE);
	assert_int_equal(vm.m->port->nr_calls, 2); /* no commit */
	assert_true(has_slot(GFN));
	assert_false(has_slot(GFN + 2));
	assert_int_equal(region(0, 0, 0, 0), -14);
	assert_true(has_slot(GFN));
	vm.m->port->prepare_result = 0;
	assert_int_equal(region(0, 0, 0, 0), 0);
	assert_false(has_slot(GFN));
}

static void a_refused_new_slot_leaves_nothing_behind(void **state)
{
	unsigned long long bytes;

	create_vm(1, 3, 1);
	assert_int_equal(region(0, 0, 0, 0), 0);
	bytes = objects_used();
	vm.m->port->prepare_result = -14;
	assert_int_equal(region(0, SIM_MEM_GUEST_MEMFD, SLOT, PAGES * PAGE), -14);
	assert_int_equal(region(1, SIM_MEM_LOG_DIRTY, SLOT, PAGE), -14);
	assert_int_equal(objects_used(), bytes);
	vm.m->port->prepare_result = 0;
	/* Not even a binding. */
	assert_int_equal(region(0, SIM_MEM_GUEST_MEMFD, SLOT, PAGES * PAGE), 0);
}

static void a_change_without_memory_changes_nothing(void **state)
{
	unsigned long long bytes;

	plain_slot(0);
	vm.m->port->nr_calls = 0;
	bytes = objects_used();
	vm.m->fail_label = "kmalloc";
	assert_int_equal(region(0, 0, 0, 0), -12);
	assert_int_equal(region(0, 0, SLOT + PAGE, 2 * PAGE), -12);
	assert_int_equal(region(1, 0, 0, PAGE), -12);
	vm.m->fail_after = 1; /* the slot, but not its bitmap */
	assert_int_equal(region(0, SIM_MEM_LOG_DIRTY, SLOT, 2 * PAGE), -12);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(objects_used(), bytes);
	assert_true(has_slot(GFN));
}

/* Arguments */

static void bad_slots_are_refused(void **state)
{
	const struct {
		struct sim_memslot slot;
		int err;
	} rows[] = {
		{ { .slot = 1, .gpa = SLOT, .size = PAGE, .hva = HVA }, -17 },
		{ { .slot = 1, .gpa = SLOT - PAGE, .size = 2 * PAGE, .hva = HVA }, -17 },
		{ { .slot = 1, .gpa = 1, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .gpa = 0, .size = 1, .hva = HVA }, -22 },
		{ { .slot = 1, .gpa = 0, .size = PAGE, .hva = 1 }, -22 },
		{ { .slot = 1, .gpa = 0, .size = 2 * PAGE, .hva = ~0ull & ~(PAGE - 1) }, -22 },
		{ { .slot = 1, .gpa = ~0ull & ~(PAGE - 1), .size = 2 * PAGE, .hva = HVA }, -22 },
		/* more than 2^31 - 1 pages */
		{ { .slot = 1, .gpa = 0, .size = PAGE << 31, .hva = HVA }, -22 },
		/* guest_memfd excludes READONLY and LOG_DIRTY_PAGES, also where the slot overlaps */
		{ { .slot = 1, .flags = 6, .gpa = SLOT, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .flags = 5, .gpa = SLOT, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .flags = 8, .gpa = 0, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1, .flags = 4, .gpa = 0, .size = PAGE, .hva = HVA, .gmem = 9 }, -9 },
		{ { .slot = 1, .flags = 4, .gpa = 0, .size = PAGE, .hva = HVA }, -22 }, /* bound */
		{ { .slot = 1, .flags = 4, .gpa = 0, .size = PAGE, .gmem_offset = 1 }, -22 },
		{ { .slot = 1, .flags = 4, .gpa = 0, .size = PAGE, .gmem_offset = PAGES * PAGE },
		  -22 },
		{ { .slot = 1,
		    .flags = 4,
		    .gpa = 0,
		    .size = 2 * PAGE,
		    .gmem_offset = ~0ull & ~(PAGE - 1) },
		  -22 },
		/* an existing slot with guest_memfd: not even the same again, not even without */
		{ { .slot = 0, .flags = 4, .gpa = SLOT, .size = PAGES * PAGE, .hva = HVA }, -22 },
		{ { .slot = 0, .flags = 0, .gpa = SLOT, .size = PAGES * PAGE, .hva = HVA }, -22 },
		{ { .slot = 0, .flags = 4, .gpa = 0, .size = PAGES * PAGE, .hva = HVA }, -22 },
		{ { .slot = 32767, .gpa = 0, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 1 << 16, .gpa = 0, .size = PAGE, .hva = HVA }, -22 },
		{ { .slot = 7 }, -22 }, /* deleting what is not there */
	};
	unsigned long long bytes;
	unsigned i;

	create_vm(1, 3, 1);
	bytes = objects_used();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (vm.m->image->set_memory_region(vm.kvm, &rows[i].slot) != rows[i].err)
			fail_msg("row %u is not %d", i, rows[i].err);
	assert_int_equal(objects_used(), bytes);
}

static void an_existing_slot_keeps_its_size_memory_and_writability(void **state)
{
	struct sim_memslot other = { .gpa = SLOT, .size = 2 * PAGE, .hva = HVA + PAGE };

	plain_slot(0);
	vm.m->port->nr_calls = 0;
	assert_int_equal(region(0, 0, SLOT, 2 * PAGE), 0); /* the same: nothing happens */
	assert_int_equal(vm.m->image->set_memory_region(vm.kvm, &other), -22);
	assert_int_equal(region(0, 0, SLOT, PAGE), -22);
	assert_int_equal(region(0, SIM_MEM_READONLY, SLOT, 2 * PAGE), -22);
	assert_int_equal(vm.m->port->nr_calls, 0);
	assert_int_equal(region(1, 0, SLOT + 2 * PAGE, PAGE), 0);
	assert_int_equal(region(0, 0, SLOT + PAGE, 2 * PAGE), -17); /* a move onto a neighbour */
}

/* Dirty log */

static void the_dirty_log_is_read_once_and_reports_again(void **state)
{
	unsigned long bitmap[2] = { 9, 9 };

	assert_int_equal(vm.m->image->create_vm(41, 0, &vm.kvm), 0);
	assert_int_equal(vm.m->image->mmap(vm.kvm, HVA, 128 * PAGE, 3, 1), 0);
	assert_int_equal(region(0, SIM_MEM_LOG_DIRTY, SLOT, 100 * PAGE), 0);
	vm.m->port->mark_dirty(vm.kvm, GFN + 3);
	vm.m->port->mark_dirty(vm.kvm, GFN + 5);
	vm.m->port->mark_dirty(vm.kvm, GFN + 99);
	vm.m->port->nr_calls = 0;
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 0, bitmap, 1), -14);
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 0, bitmap, 2), 0);
	assert_int_equal(bitmap[0], 0x28);
	assert_int_equal(bitmap[1], 1ul << 35);
	assert_int_equal(vm.m->port->nr_calls, 2);
	assert_string_equal(call(0)->name, "log_again");
	assert_true(call(0)->mmu_locked);
	assert_int_equal(call(0)->start, GFN + 3);
	assert_int_equal(call(0)->end, GFN + 6);
	assert_int_equal(call(1)->start, GFN + 99);
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 0, bitmap, 2), 0);
	assert_int_equal(bitmap[0] | bitmap[1], 0);
}

static void a_dirty_log_survives_a_move_and_ends_with_its_flag(void **state)
{
	unsigned long bitmap = 0;

	plain_slot(SIM_MEM_LOG_DIRTY);
	vm.m->port->mark_dirty(vm.kvm, GFN + 1);
	assert_int_equal(region(0, SIM_MEM_LOG_DIRTY, SLOT + 4 * PAGE, 2 * PAGE), 0);
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 0, &bitmap, 1), 0);
	assert_int_equal(bitmap, 2);
	assert_int_equal(region(0, 0, SLOT + 4 * PAGE, 2 * PAGE), 0);
	vm.m->port->mark_dirty(vm.kvm, GFN + 4);
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 0, &bitmap, 1), -2);
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 5, &bitmap, 1), -2);
	assert_int_equal(vm.m->image->get_dirty_log(vm.kvm, 32767, &bitmap, 1), -22);
}

/* vCPUs and dead VMs */

static void no_vcpu_joins_after_the_first_run(void **state)
{
	struct sim_run run = { .immediate_exit = 1 };
	struct sim_kvm_vcpu *vcpu, *other;

	create_vm(0, 3, 1);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 0, 0, &vcpu), 0);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 0, 0, &other), -17);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 512, 0, &other), -22);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 511, 0, &other), 0);
	assert_int_equal(vm.m->image->run(vcpu, &run), -4);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 1, 0, &other), -16);
}

static void assert_dead(struct sim_kvm_vcpu *vcpu)
{
	const struct sim_kernel_image *image = vm.m->image;
	struct sim_populate populate = { .base = SLOT };
	struct sim_kvm_vcpu *other;
	struct sim_run run = { .immediate_exit = 1 };
	unsigned long bitmap;

	assert_int_equal(image->run(vcpu, &run), -5);
	assert_int_equal(image->create_vcpu(vm.kvm, 1, 0, &other), -5);
	assert_int_equal(image->set_mp_state(vcpu, 1), -5);
	assert_int_equal(image->create_gmem(vm.kvm, PAGE), -5);
	assert_int_equal(region(1, 0, 0, PAGE), -5);
	assert_int_equal(region(0, 0, 0, 0), -5);
	assert_int_equal(set_private(SLOT, PAGE, 1), -5);
	assert_int_equal(image->populate(vm.kvm, &populate), -5);
	assert_int_equal(image->get_dirty_log(vm.kvm, 0, &bitmap, 1), -5);
	/* No ioctls of the VM: they go on. */
	assert_int_equal(image->punch_hole(vm.kvm, vm.gmem, 0, PAGE), 0);
	assert_int_equal(image->munmap(vm.kvm, HVA, PAGE), 0);
	image->destroy_vm(vm.kvm);
}

static void every_ioctl_of_a_dead_vm_is_an_io_error(void **state)
{
	struct sim_kvm_vcpu *vcpu;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 0, 0, &vcpu), 0);
	vm.m->port->kill(vm.kvm, 0);
	assert_dead(vcpu);
	assert_int_equal(vm.m->warns, 0);
}

static void a_bugged_vm_warns_once_and_is_dead(void **state)
{
	struct sim_kvm_vcpu *vcpu;

	create_vm(1, 3, 1);
	assert_int_equal(vm.m->image->create_vcpu(vm.kvm, 0, 0, &vcpu), 0);
	vm.m->port->kill(vm.kvm, 1);
	vm.m->port->kill(vm.kvm, 1);
	assert_int_equal(vm.m->warns, 1);
	assert_dead(vcpu);
}

#define test(f) cmocka_unit_test_setup_teardown(f, vm_boot, vm_halt)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_new_slot_is_prepared_then_shown_then_committed),
		test(a_deleted_slot_is_invalid_while_it_is_flushed),
		test(a_moved_slot_is_flushed_at_its_old_place),
		test(new_flags_are_one_swap_without_a_flush),
		test(a_refused_change_brings_the_flushed_slot_back),
		test(a_refused_new_slot_leaves_nothing_behind),
		test(a_change_without_memory_changes_nothing),
		test(bad_slots_are_refused),
		test(an_existing_slot_keeps_its_size_memory_and_writability),
		test(the_dirty_log_is_read_once_and_reports_again),
		test(a_dirty_log_survives_a_move_and_ends_with_its_flag),
		test(no_vcpu_joins_after_the_first_run),
		test(every_ioctl_of_a_dead_vm_is_an_io_error),
		test(a_bugged_vm_warns_once_and_is_dead),
	};

	return cmocka_run_group_tests_name("kernel memslots", tests, NULL, NULL);
}
