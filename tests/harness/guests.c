/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests and VMMs on the real kernel image: how a program is left, resumed, replaced and ended.
 */
#include <errno.h>

#include "fake.h"

#define PAGE 4096

static struct sim_vm *new_vm(void **state, unsigned vcpus)
{
	struct sim_vm *vm = sim_vm_new(*state, &(struct sim_vm_config){ .vcpus = vcpus });

	if (!vm)
		fail_msg("%s", sim_error(*state));
	return vm;
}

static void a_write_on_a_fresh_vm_is_carried_out(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);
	struct sim_exit exit = sim_guest_write(vm, SIM_VCPU(0), 0x200000, 8, 0x1234);

	assert_done(exit);
	exit = sim_guest_read(vm, SIM_VCPU(0), 0x200000, 8);
	assert_done(exit);
	assert_int_equal(exit.value, 0x1234);
	/* A part of it, little-endian. */
	exit = sim_guest_read(vm, SIM_VCPU(0), 0x200001, 1);
	assert_int_equal(exit.value, 0x12);
	assert_int_not_equal(sim_vm_rd(vm), 0);
}

static void a_start_without_a_program_only_activates(void **state)
{
	struct sim_vm *vm = new_vm(state, 2);

	assert_int_equal(sim_vm_rd(vm), 0);
	assert_int_equal(sim_vm_start(vm), 0);
	assert_int_not_equal(sim_vm_rd(vm), 0);
	assert_int_equal(sim_vm_start(vm), 0);
	assert_done(sim_guest_write(vm, SIM_VCPU(1), 0x1000, 4, 1));
}

static void count_runs(struct sim_guest *guest, void *arg)
{
	unsigned *stage = arg;
	uint64_t value;

	++*stage;
	sim_guest_store(guest, 0x5000, 8, 77);
	++*stage;
	sim_guest_load(guest, 0x5000, 8, &value);
	*stage += value == 77;
}

static void a_program_goes_on_where_the_vmm_was_asked(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);
	unsigned stage = 0;

	assert_int_equal(sim_vm_set_shared(vm, 0x5000, PAGE), 0);
	assert_int_equal(sim_vcpu_program(vm, 0, count_runs, &stage), 0);
	assert_memory_fault(sim_vcpu_loop(vm, 0), 0x5000, PAGE, SIM_FAULT_PRIVATE);
	assert_int_equal(stage, 1);
	/* Nothing has changed: the same question. */
	assert_memory_fault(sim_vcpu_run(vm, 0), 0x5000, PAGE, SIM_FAULT_PRIVATE);
	assert_int_equal(stage, 1);
	assert_int_equal(sim_vm_set_private(vm, 0x5000, PAGE), 0);
	assert_done(sim_vcpu_loop(vm, 0));
	assert_int_equal(stage, 3);
	/* It has ended and does not start again. */
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_DONE);
	assert_int_equal(stage, 3);
}

static void a_program_in_the_middle_can_be_replaced(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);
	unsigned stage = 0;

	assert_int_equal(sim_vm_set_shared(vm, 0x5000, PAGE), 0);
	assert_int_equal(sim_vcpu_program(vm, 0, count_runs, &stage), 0);
	assert_memory_fault(sim_vcpu_loop(vm, 0), 0x5000, PAGE, SIM_FAULT_PRIVATE);
	assert_done(sim_guest_write(vm, 0, 0x6000, 8, 1));
	assert_int_equal(stage, 1);
}

struct psci {
	uint64_t fid, x1, x2, x3, x0;
};

static void call_psci(struct sim_guest *guest, void *arg)
{
	struct psci *p = arg;
	struct rmm_regs regs = { { p->fid, p->x1, p->x2, p->x3 } };

	if (sim_guest_smc(guest, &regs) == RMM_REALM_DONE)
		p->x0 = regs.x[0];
}

static uint64_t psci(struct sim_vm *vm, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct psci p = { fid, x1, x2, x3, 99 };

	assert_int_equal(sim_vcpu_program(vm, 0, call_psci, &p), 0);
	assert_done(sim_vcpu_loop(vm, 0));
	return p.x0;
}

/* PSCI through the port: the realm's SMC, the exit, KVM's answer, RMI_PSCI_COMPLETE, the entry. */
static void a_guest_turns_its_second_cpu_on(void **state)
{
	struct sim_vm *vm =
		sim_vm_new(*state, &(struct sim_vm_config){ .vcpus = 2, .secondaries_off = true });

	assert_non_null(vm);
	assert_int_equal(psci(vm, RSI_PSCI_AFFINITY_INFO, 1, 0, 0), RSI_PSCI_AFFINITY_OFF);
	assert_int_equal(sim_guest_write(vm, SIM_VCPU(1), 0x1000, 8, 1).ret, -EAGAIN);
	assert_int_equal(psci(vm, RSI_PSCI_CPU_ON, 1, 0x1000, 7), 0);
	assert_int_equal(psci(vm, RSI_PSCI_AFFINITY_INFO, 1, 0, 0), RSI_PSCI_AFFINITY_ON);
	assert_int_equal((int64_t)psci(vm, RSI_PSCI_CPU_ON, 1, 0x1000, 7), RSI_PSCI_ALREADY_ON);
	assert_done(sim_guest_write(vm, SIM_VCPU(1), 0x1000, 8, 1));
}

static void turn_off(struct sim_guest *guest, void *arg)
{
	struct rmm_regs regs = { { RSI_PSCI_CPU_OFF } };

	sim_guest_store(guest, 0x5000, 8, 1);
	sim_guest_smc(guest, &regs);
	sim_guest_store(guest, 0x5000, 8, 2);
}

static void a_cpu_that_was_off_goes_on_behind_its_call(void **state)
{
	struct sim_vm *vm = new_vm(state, 2);

	assert_int_equal(sim_vcpu_program(vm, 1, turn_off, NULL), 0);
	assert_int_equal(sim_vcpu_run(vm, 1).ret, -EAGAIN);
	assert_int_equal(sim_guest_read(vm, SIM_VCPU(0), 0x5000, 8).value, 1);
	assert_int_equal(psci(vm, RSI_PSCI_AFFINITY_INFO, 1, 0, 0), RSI_PSCI_AFFINITY_OFF);
	assert_int_equal(psci(vm, RSI_PSCI_CPU_ON, 1, 0x1000, 0), 0);
	assert_done(sim_vcpu_run(vm, 1));
	assert_int_equal(sim_guest_read(vm, SIM_VCPU(0), 0x5000, 8).value, 2);
}

static void a_vm_is_closed_while_its_program_waits_for_the_vmm(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);
	unsigned stage = 0;

	assert_int_equal(sim_vm_set_shared(vm, 0x5000, PAGE), 0);
	assert_int_equal(sim_vcpu_program(vm, 0, count_runs, &stage), 0);
	assert_memory_fault(sim_vcpu_loop(vm, 0), 0x5000, PAGE, SIM_FAULT_PRIVATE);
	sim_vm_free(vm);
	assert_quiescent(*state);
}

static void a_converting_vmm_answers_by_itself(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);

	sim_vm_set_vmm(vm, &sim_vmm_converting, NULL);
	assert_int_equal(sim_vm_set_shared(vm, 0x5000, PAGE), 0);
	assert_done(sim_guest_write(vm, 0, 0x5000, 8, 5));
	assert_true(sim_vm_is_private(vm, 0x5000));
}

struct device {
	uint64_t reg;
	unsigned reads, writes;
};

static enum sim_vmm_answer device(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				  uint64_t *value, void *ctx)
{
	struct device *dev = ctx;

	if (exit->mmio_addr != 0x40000000 || exit->mmio_len != 4)
		return SIM_VMM_STOP;
	if (exit->mmio_write) {
		dev->reg = exit->value & 0xffffffff;
		dev->writes++;
	} else {
		*value = dev->reg + 1;
		dev->reads++;
	}
	return SIM_VMM_RESUME;
}

static void a_device_of_the_vmm_is_read_and_written(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);
	struct device dev = { 0 };
	uint64_t ipa = 0x40000000 | sim_vm_shared_bit(vm); /* behind the slot */
	struct sim_exit exit;

	sim_vm_set_vmm(vm, &(struct sim_vmm_ops){ .mmio = device }, &dev);
	assert_done(sim_guest_write(vm, 0, ipa, 4, 0xabcd));
	assert_int_equal(dev.writes, 1);
	assert_int_equal(dev.reg, 0xabcd);
	exit = sim_guest_read(vm, 0, ipa, 4);
	assert_done(exit);
	assert_int_equal(exit.value, 0xabce);
	assert_int_equal(dev.reads, 1);
	/* Another register is nobody's. */
	exit = sim_guest_read(vm, 0, ipa + 8, 4);
	assert_int_equal(exit.kind, SIM_MMIO);
	assert_int_equal(exit.mmio_addr, 0x40000008);
}

static void fails(struct sim_guest *guest, void *arg)
{
	sim_guest_store(guest, 0x1000, 8, 1);
	sim_fail(sim_vm_world(sim_guest_vm(guest)), "vCPU %u gives up", sim_guest_vcpu(guest));
}

static void run_failing(struct sim_world *world, void *arg)
{
	sim_vcpu_program(arg, 1, fails, NULL);
	sim_vcpu_loop(arg, 1);
	sim_fail(world, "the run should have ended");
}

static void write_once(struct sim_world *world, void *arg)
{
	sim_guest_write(arg, 0, 0x2000, 8, 2);
}

static void a_program_fails_on_another_cpu(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, &(struct sim_vm_config){ .vcpus = 2 });

	sim_expect(world, vm);
	sim_spawn(world, write_once, vm);
	sim_spawn(world, run_failing, vm);
	sim_join(world);
	sim_fail(world, "the run should have ended");
}

static void a_program_may_end_the_run_under_every_schedule(void **state)
{
	struct sim_result result =
		sim_explore(a_program_fails_on_another_cpu,
			    &(struct sim_explore){ .max_runs = 200, .preemptions = 1 });

	assert_int_not_equal(result.schedules, 0);
	assert_int_equal(result.violations, result.schedules);
	assert_string_equal(result.violation, "expect: vCPU 1 gives up");
}

static void outside_a_run_a_failing_program_comes_back_as_an_error(void **state)
{
	char why[256] = "";
	struct sim_world *world = sim_world_new(NULL, why, sizeof(why));
	struct sim_vm *vm;
	struct sim_exit exit;

	assert_non_null(world);
	vm = sim_vm_new(world, NULL);
	assert_non_null(vm);
	assert_int_equal(sim_vcpu_program(vm, 0, fails, NULL), 0);
	exit = sim_vcpu_loop(vm, 0);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_int_equal(exit.ret, -EIO);
	assert_string_equal(sim_violation(world), "expect: vCPU 0 gives up");
	sim_world_free(world);
}

/* A hash over the whole stream, registers included. */
static void hash_bytes(uint64_t *hash, const void *p, size_t size)
{
	for (const unsigned char *at = p; size; at++, size--)
		*hash = (*hash ^ *at) * UINT64_C(0x100000001b3);
}

static void hash_event(void *ctx, const struct sim_event *event)
{
	char line[700];
	int n = snprintf(line, sizeof(line), "%llu %u %d %s %s %s %lld",
			 (unsigned long long)event->seq, event->actor, (int)event->kind,
			 event->name ? event->name : "", event->caller ? event->caller : "",
			 event->text ? event->text : "", (long long)event->value);

	hash_bytes(ctx, line, (size_t)n);
	if (event->rmm && event->rmm->regs_in)
		hash_bytes(ctx, event->rmm->regs_in, sizeof(*event->rmm->regs_in));
	if (event->rmm && event->rmm->regs_out)
		hash_bytes(ctx, event->rmm->regs_out, sizeof(*event->rmm->regs_out));
	if (event->rmm && event->rmm->exit)
		hash_bytes(ctx, &event->rmm->exit->esr, sizeof(event->rmm->exit->esr));
}

/* A neighbour of the pages that the guest writes to: those would be DESTROYED for good. */
static void convert_neighbour(struct sim_world *world, void *arg)
{
	sim_vm_set_shared(arg, 0x5000, PAGE);
	sim_vm_set_private(arg, 0x5000, PAGE);
}

static void write_twice(struct sim_world *world, void *arg)
{
	sim_guest_write(arg, 1, 0x3000, 8, 2);
	sim_guest_write(arg, 1, 0x3008, 8, 3);
}

static void two_cpus_and_a_vmm(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, &(struct sim_vm_config){ .vcpus = 2 });

	if (!vm)
		sim_fail(world, "%s", sim_error(world));
	sim_vm_set_vmm(vm, &sim_vmm_converting, NULL);
	sim_spawn(world, write_once, vm);
	sim_spawn(world, write_twice, vm);
	sim_spawn(world, convert_neighbour, vm);
	sim_join(world);
	sim_vm_free(vm);
	sim_expect(world, !sim_quiescent(world));
}

/* Some of the schedules of an exploration, as strings. */
struct schedules {
	char choices[8][256];
	unsigned count, runs;
};

static void keep(struct sim_world *world, void *ctx)
{
	struct schedules *s = ctx;

	if (s->runs++ % 10 == 5 && s->count < 8 && strlen(sim_choices(world)) < 256)
		strcpy(s->choices[s->count++], sim_choices(world));
}

/*
 * Both worlds live at once, so that nothing lies at the same address: an order that hangs on a pointer shows.
 */
static void the_same_decisions_give_the_same_run_wherever_it_lies_in_memory(void **state)
{
	struct schedules found = { .count = 0 };
	uint64_t hashes[2], model[2];
	struct sim_world *worlds[2];
	char why[256] = "";

	assert_int_equal(
		sim_explore(two_cpus_and_a_vmm, &(struct sim_explore){ .preemptions = 2,
								       .max_runs = 80,
								       .after = keep,
								       .after_ctx = &found })
			.violations,
		0);
	assert_int_equal(found.runs, 80);
	for (unsigned i = 0; i < found.count; i++) {
		for (int j = 0; j < 2; j++) {
			hashes[j] = UINT64_C(0xcbf29ce484222325);
			worlds[j] = sim_world_new(&(struct sim_config){ .choices = found.choices[i],
									.event = hash_event,
									.event_ctx = &hashes[j] },
						  why, sizeof(why));
			assert_string_equal(why, "");
			if (!sim_run(worlds[j], two_cpus_and_a_vmm))
				fail_msg("%s", sim_violation(worlds[j]));
			model[j] = rmm_state_hash(sim_world_rmm(worlds[j]));
		}
		sim_world_free(worlds[0]);
		sim_world_free(worlds[1]);
		assert_true(hashes[0] == hashes[1]);
		assert_true(model[0] == model[1]);
	}
}

static void two_cpus_write(struct sim_world *world)
{
	struct sim_vm *vm = sim_vm_new(world, &(struct sim_vm_config){ .vcpus = 2 });

	sim_expect(world, vm && !sim_vm_start(vm));
	sim_spawn(world, write_once, vm);
	sim_spawn(world, write_twice, vm);
	sim_join(world);
	sim_vm_free(vm);
}

static void two_cpus_are_clean_under_every_schedule_at_one_preemption(void **state)
{
	struct sim_result result =
		sim_explore(two_cpus_write, &(struct sim_explore){ .preemptions = 1 });

	assert_clean(result);
	print_message("# exhaustive up to bound 1: %llu schedules\n",
		      (unsigned long long)result.schedules);
	assert_in_range(result.schedules, 40, 100000);
}

/*
 * Unmapping a private page behind the realm's back makes its RIPAS DESTROYED: whatever the host maps there,
 * every access exits again (HIPAS x RIPAS table), and nobody is left who could help.
 */
static void an_access_that_exits_for_ever_is_a_livelock_not_a_hang(void **state)
{
	char why[256] = "";
	struct sim_world *world = sim_world_new(NULL, why, sizeof(why));
	struct sim_vm *vm;

	assert_non_null(world);
	vm = sim_vm_new(world, NULL);
	assert_non_null(vm);
	assert_done(sim_guest_write(vm, 0, 0x3000, 8, 1));
	assert_int_equal(sim_vm_set_shared(vm, 0x3000, PAGE), 0);
	assert_int_equal(sim_vm_set_private(vm, 0x3000, PAGE), 0);
	assert_int_equal(sim_guest_write(vm, 0, 0x3000, 8, 2).kind, SIM_OTHER);
	assert_string_equal(sim_violation(world),
			    "livelock: vCPU 0 exits again and again with the same access");
	sim_world_free(world);
}

static void what_is_not_there_is_an_error(void **state)
{
	struct sim_vm *vm = new_vm(state, 1);

	assert_int_equal(sim_vcpu_program(vm, 1, fails, NULL), -EINVAL);
	assert_int_equal(sim_vcpu_run(vm, 7).kind, SIM_OTHER);
	assert_int_equal(sim_guest_read(vm, 7, 0, 8).kind, SIM_OTHER);
	assert_true(sim_vm_punch_hole(vm, 0x10000000, PAGE) < 0);
	assert_true(sim_vm_place(vm, 0x10000000, PAGE, 0x80000000, true) < 0);
	assert_true(sim_vmm_read(vm, 0x10000000, &vm, 8) < 0);
	assert_null(sim_violation(*state));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define in_world(test) cmocka_unit_test_setup_teardown(test, sim_setup, sim_teardown)
		in_world(a_write_on_a_fresh_vm_is_carried_out),
		in_world(a_start_without_a_program_only_activates),
		in_world(a_program_goes_on_where_the_vmm_was_asked),
		in_world(a_program_in_the_middle_can_be_replaced),
		in_world(a_guest_turns_its_second_cpu_on),
		in_world(a_cpu_that_was_off_goes_on_behind_its_call),
		in_world(a_vm_is_closed_while_its_program_waits_for_the_vmm),
		in_world(a_converting_vmm_answers_by_itself),
		in_world(a_device_of_the_vmm_is_read_and_written),
		in_world(what_is_not_there_is_an_error),
		cmocka_unit_test(the_same_decisions_give_the_same_run_wherever_it_lies_in_memory),
		cmocka_unit_test(two_cpus_are_clean_under_every_schedule_at_one_preemption),
		cmocka_unit_test(an_access_that_exits_for_ever_is_a_livelock_not_a_hang),
		cmocka_unit_test(a_program_may_end_the_run_under_every_schedule),
		cmocka_unit_test(outside_a_run_a_failing_program_comes_back_as_an_error),
	};

	return cmocka_run_group_tests_name("guests", tests, NULL, NULL);
}
