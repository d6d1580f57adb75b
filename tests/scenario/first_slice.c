// SPDX-License-Identifier: BSD-2-Clause
/*
 * The first slice as its users meet it: realms, guests and VMMs, shared and private memory, conversions,
 * holes, ordinary mappings, MMIO. Every test ends with the quiescence check (fixture_teardown).
 */
#include "fixture.h"

#include <rmisim/cmocka.h>

#define EFAULT   14
#define MAX_PAGE 0x10000

static struct sim_vm *default_vm(void **state)
{
	return fixture_vm(*state, &(struct sim_vm_config){ .ram_mib = 64 });
}

static struct rmm *model(struct sim_vm *vm)
{
	return sim_world_rmm(sim_vm_world(vm));
}

/* --- the two examples of the design --- */

/* Realm touches a private page whose attribute says shared: the VMM must be asked. */
static void private_fault_on_a_shared_page_asks_the_vmm(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct sim_exit exit;

	assert_int_equal(sim_vm_set_shared(vm, 0x200000, sim_page_size(vm)), 0);
	exit = sim_guest_write(vm, SIM_VCPU(0), 0x200000, 8, 0x1234);

	assert_memory_fault(exit, 0x200000, sim_page_size(vm), SIM_FAULT_PRIVATE);
}

struct touch {
	struct sim_vm *vm;
	unsigned vcpu;
	rmm_ipa ipa;
};

static void touch(struct sim_world *w, void *arg)
{
	struct touch *t = arg;
	struct sim_exit exit = sim_guest_write(t->vm, t->vcpu, t->ipa, 8, t->vcpu);

	sim_expect(w, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
}

static void two_cpus_touch_one_page(struct sim_world *w)
{
	struct sim_vm *vm = sim_vm_new(w, &(struct sim_vm_config){ .vcpus = 2 });

	sim_spawn(w, touch, &(struct touch){ vm, SIM_VCPU(0), 0x200000 });
	sim_spawn(w, touch, &(struct touch){ vm, SIM_VCPU(1), 0x200000 });
	sim_join(w);
}

static void the_delegation_race_is_benign(void **state)
{
	const struct sim_explore how = {
		.config = { .kernel = fixture_kernel() },
		.preemptions = 1,
	};

	assert_clean(sim_explore(two_cpus_touch_one_page, &how));
}

/* --- private and shared memory --- */

static void private_memory_reads_zero_and_keeps_what_is_written(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct sim_exit exit;

	exit = sim_guest_read(vm, 0, 0x300000, 8);
	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.value, 0);
	assert_int_equal(sim_guest_write(vm, 0, 0x300008, 8, 0x1122334455667788).kind, SIM_DONE);
	assert_int_equal(sim_guest_read(vm, 0, 0x300008, 8).value, 0x1122334455667788);
	assert_int_equal(sim_guest_read(vm, 0, 0x30000a, 2).value, 0x5566);
	assert_int_equal(fixture_walk(vm, 0x300000).hipas, RMM_HIPAS_DATA);
	assert_int_equal(fixture_walk(vm, 0x300000).ripas, RMI_RAM);
}

static void shared_memory_is_one_memory_for_guest_and_vmm(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t s = sim_vm_shared_bit(vm), value = 0;
	struct sim_exit exit;

	assert_int_equal(sim_vm_set_shared(vm, 0x400000, sim_page_size(vm)), 0);
	exit = sim_guest_write(vm, 0, s | 0x400010, 8, 0xabcdef);
	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.realm, RMM_REALM_DONE);
	assert_int_equal(sim_vmm_read(vm, 0x400010, &value, sizeof(value)), 0);
	assert_int_equal(value, 0xabcdef);
	value = 0x77;
	assert_int_equal(sim_vmm_write(vm, 0x400018, &value, sizeof(value)), 0);
	assert_int_equal(sim_guest_read(vm, 0, s | 0x400018, 8).value, 0x77);
	assert_int_equal(fixture_walk(vm, s | 0x400000).hipas, RMM_MAPPED_NS);
}

static void the_host_cannot_touch_a_mapped_private_page(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct rmm_entry entry;
	enum rmm_granule_state granule;

	assert_int_equal(sim_guest_write(vm, 0, 0x500000, 8, 1).kind, SIM_DONE);
	entry = fixture_walk(vm, 0x500000);
	assert_int_equal(entry.hipas, RMM_HIPAS_DATA);
	assert_true(rmm_granule_state(model(vm), entry.pa, &granule));
	assert_int_equal(granule, RMM_DATA);
	assert_false(rmm_host_may_access(model(vm), entry.pa, sim_page_size(vm)));
}

static void private_memory_without_a_slot_is_empty_and_gives_an_abort_to_the_realm(void **state)
{
	struct sim_vm *vm = default_vm(state);
	struct fixture *f = *state;
	struct sim_exit exit = sim_guest_read(vm, 0, UINT64_C(0x8000000), 8);

	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.realm, RMM_REALM_SEA);
	/* The host never heard of it. */
	assert_int_equal(golden_count(&f->golden, 0, f->golden.nr_calls, "DATA_MAP", ~0ull, ~0ull),
			 0);
}

/* --- conversions --- */

struct convert {
	uint64_t base, top, flags;
	enum rmi_ripas ripas;
	uint64_t status;
};

static void convert_program(struct sim_guest *guest, void *arg)
{
	struct convert *c = arg;

	c->status = sim_guest_set_ripas(guest, c->base, c->top, c->ripas);
}

static uint64_t convert(struct sim_vm *vm, uint64_t base, uint64_t top, enum rmi_ripas ripas)
{
	struct convert c = { base, top, 0, ripas, 99 };
	struct sim_exit exit;

	assert_int_equal(sim_vcpu_program(vm, 0, convert_program, &c), 0);
	exit = sim_vcpu_loop(vm, 0);
	assert_int_equal(exit.kind, SIM_DONE);
	return c.status;
}

static void a_conversion_keeps_the_secrets_and_carries_no_data(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t s = sim_vm_shared_bit(vm), page_size = sim_page_size(vm), value = 0;
	static uint8_t page[MAX_PAGE];
	static const uint8_t zero[MAX_PAGE];
	const void *was_private;
	rmm_pa pa;

	sim_vm_set_vmm(vm, &sim_vmm_converting, NULL);
	assert_int_equal(sim_guest_write(vm, 0, 0x600000, 8, 0x5ec2e7).kind, SIM_DONE);
	pa = fixture_walk(vm, 0x600000).pa;

	/* Private -> shared: attribute, RIPAS and mapping follow; the old page comes back clean. */
	assert_int_equal(convert(vm, 0x600000, 0x600000 + page_size, RMI_EMPTY), RSI_SUCCESS);
	assert_false(sim_vm_is_private(vm, 0x600000));
	assert_int_equal(fixture_walk(vm, 0x600000).ripas, RMI_EMPTY);
	assert_int_equal(fixture_walk(vm, 0x600000).hipas, RMM_VOID);
	assert_true(rmm_host_may_access(model(vm), pa, page_size));
	was_private = rmm_host_ptr(model(vm), pa, page_size);
	assert_non_null(was_private);
	assert_memory_equal(was_private, zero, page_size);
	assert_int_equal(sim_vmm_read(vm, 0x600000, page, page_size), 0);
	assert_memory_equal(page, zero, page_size);
	assert_int_equal(sim_guest_read(vm, 0, 0x600000, 8).realm, RMM_REALM_SEA);

	/* Shared both ways. */
	assert_int_equal(sim_guest_write(vm, 0, s | 0x600000, 8, 0xcafe).kind, SIM_DONE);
	assert_int_equal(sim_vmm_read(vm, 0x600000, &value, 8), 0);
	assert_int_equal(value, 0xcafe);
	value = 0xf00d;
	assert_int_equal(sim_vmm_write(vm, 0x600008, &value, 8), 0);
	assert_int_equal(sim_guest_read(vm, 0, s | 0x600008, 8).value, 0xf00d);

	/* And back: the private page is new, the shared alias is gone, the VMM keeps its own page. */
	assert_int_equal(convert(vm, 0x600000, 0x600000 + page_size, RMI_RAM), RSI_SUCCESS);
	assert_true(sim_vm_is_private(vm, 0x600000));
	assert_int_equal(fixture_walk(vm, s | 0x600000).hipas, RMM_UNMAPPED_NS);
	assert_int_equal(sim_guest_read(vm, 0, 0x600000, 8).value, 0);
	assert_int_equal(fixture_walk(vm, 0x600000).hipas, RMM_HIPAS_DATA);
	assert_int_equal(sim_vmm_read(vm, 0x600000, &value, 8), 0);
	assert_int_equal(value, 0xcafe);
}

static void a_conversion_asks_the_vmm_once_and_says_which_way(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t size = 4 * sim_page_size(vm);
	struct convert c = { 0x600000, 0x600000 + size, 0, RMI_EMPTY, 99 };
	struct sim_exit exit;

	assert_int_equal(sim_vcpu_program(vm, 0, convert_program, &c), 0);
	exit = sim_vcpu_run(vm, 0);
	assert_memory_fault(exit, 0x600000, size, SIM_FAULT_SHARED);
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_DONE);
	assert_int_equal(c.status, RSI_SUCCESS);

	c.ripas = RMI_RAM;
	assert_int_equal(sim_vcpu_program(vm, 0, convert_program, &c), 0);
	exit = sim_vcpu_run(vm, 0);
	assert_memory_fault(exit, 0x600000, size, SIM_FAULT_PRIVATE);
	assert_int_equal(sim_vcpu_run(vm, 0).kind, SIM_DONE);
	assert_int_equal(c.status, RSI_SUCCESS);
}

/* RSI_IPA_STATE_SET(RAM) that also takes memory which the host destroyed. */
static void reclaim_program(struct sim_guest *guest, void *arg)
{
	struct convert *c = arg;
	uint64_t base = c->base;

	do {
		struct rmm_regs regs = { { RSI_IPA_STATE_SET, base, c->top, c->ripas, c->flags } };

		sim_guest_smc(guest, &regs);
		c->status = regs.x[0];
		base = regs.x[1];
		if (regs.x[2] != RSI_ACCEPT)
			break;
	} while (c->status == RSI_SUCCESS && base < c->top);
}

static void a_punched_hole_robs_the_realm_until_it_agrees(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t size = sim_page_size(vm);
	struct convert c = { 0x700000, 0x700000 + size, RSI_CHANGE_DESTROYED, RMI_RAM, 99 };
	struct sim_exit exit;
	uint64_t before;
	rmm_pa pa;

	assert_int_equal(sim_guest_write(vm, 0, 0x700000, 8, 0x1234).kind, SIM_DONE);
	pa = fixture_walk(vm, 0x700000).pa;
	before = rmm_delegated(model(vm));
	assert_int_equal(sim_vm_punch_hole(vm, 0x700000, size), 0);
	assert_int_equal(rmm_delegated(model(vm)), before - 1);
	assert_true(rmm_host_may_access(model(vm), pa, size));
	assert_int_equal(fixture_walk(vm, 0x700000).hipas, RMM_VOID);
	assert_int_equal(fixture_walk(vm, 0x700000).ripas, RMI_DESTROYED);

	sim_vm_set_vmm(vm, &sim_vmm_converting, NULL);
	assert_int_equal(sim_vcpu_program(vm, 0, reclaim_program, &c), 0);
	assert_int_equal(sim_vcpu_loop(vm, 0).kind, SIM_DONE);
	assert_int_equal(c.status, RSI_SUCCESS);
	exit = sim_guest_read(vm, 0, 0x700000, 8);
	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.value, 0);
}

/* --- the user mapping --- */

static void a_read_only_user_mapping_can_be_read_but_not_written(void **state)
{
	struct fixture *f = *state;
	struct sim_vm *vm = fixture_vm(f, &(struct sim_vm_config){ .user_readonly = true });
	uint64_t ipa = sim_vm_shared_bit(vm) | 0x300000;
	struct sim_exit exit;

	exit = sim_guest_read(vm, 0, ipa, 8);
	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(exit.value, 0);
	assert_int_equal(fixture_walk(vm, ipa).s2ap, 2); /* bit 0 write, bit 1 read */
	exit = sim_guest_write(vm, 0, ipa, 8, 1);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_int_equal(exit.ret, -EFAULT);
}

static void the_zero_page_is_replaced_before_it_is_written(void **state)
{
	struct fixture *f = *state;
	struct sim_vm *vm = fixture_vm(f, &(struct sim_vm_config){ .user_anon_private = true });
	uint64_t s = sim_vm_shared_bit(vm), second = s | (0x300000 + sim_page_size(vm));
	uint64_t value = 99;
	rmm_pa zero;

	/* Two gfns, one zero page. */
	assert_int_equal(sim_guest_read(vm, 0, s | 0x300000, 8).value, 0);
	assert_int_equal(sim_guest_read(vm, 0, second, 8).value, 0);
	zero = fixture_walk(vm, s | 0x300000).pa;
	assert_int_equal(fixture_walk(vm, second).pa, zero);
	assert_int_equal(fixture_walk(vm, s | 0x300000).s2ap, 2);

	assert_int_equal(sim_guest_write(vm, 0, s | 0x300000, 8, 5).kind, SIM_DONE);
	assert_int_not_equal(fixture_walk(vm, s | 0x300000).pa, zero);
	assert_int_equal(fixture_walk(vm, s | 0x300000).s2ap, 3);
	assert_int_equal(sim_vmm_read(vm, 0x300000, &value, 8), 0);
	assert_int_equal(value, 5);
	assert_int_equal(fixture_walk(vm, second).pa, zero);
	assert_int_equal(sim_guest_read(vm, 0, second, 8).value, 0);
}

static void a_page_taken_from_the_user_mapping_leaves_the_shared_alias(void **state)
{
	struct sim_vm *vm = default_vm(state);
	uint64_t ipa = sim_vm_shared_bit(vm) | 0x300000;
	struct sim_exit exit;

	assert_int_equal(sim_guest_write(vm, 0, ipa, 8, 1).kind, SIM_DONE);
	assert_int_equal(sim_vm_munmap(vm, 0x300000, sim_page_size(vm)), 0);
	assert_int_equal(fixture_walk(vm, ipa).hipas, RMM_UNMAPPED_NS);
	exit = sim_guest_read(vm, 0, ipa, 8);
	assert_int_equal(exit.kind, SIM_OTHER);
	assert_int_equal(exit.ret, -EFAULT);
}

/* --- MMIO --- */

struct device {
	uint64_t addr, written;
	unsigned len, reads, writes;
};

static enum sim_vmm_answer device_access(struct sim_vm *vm, unsigned vcpu,
					 const struct sim_exit *exit, uint64_t *value, void *ctx)
{
	struct device *device = ctx;

	device->addr = exit->mmio_addr;
	device->len = exit->mmio_len;
	if (exit->mmio_write) {
		device->writes++;
		device->written = exit->value;
	} else {
		device->reads++;
		*value = 0xc0ffee11;
	}
	return SIM_VMM_RESUME;
}

static void device_program(struct sim_guest *guest, void *arg)
{
	uint64_t base = *(uint64_t *)arg, value;

	sim_guest_load(guest, base + 0x24, 4, &value);
	sim_guest_store(guest, base + 0x28, 4, value + 1);
	sim_guest_store(guest, base + 0x2c, 1, 0xff);
}

static void an_access_outside_the_slots_is_mmio_for_the_vmm(void **state)
{
	static const struct sim_vmm_ops ops = { .mmio = device_access };
	struct sim_vm *vm = default_vm(state);
	uint64_t base = sim_vm_shared_bit(vm) | 0x9000000;
	struct device device = { 0 };
	struct sim_exit exit;

	/*
	 * Without a handler KVM_RUN hands it out. The model aligns HPFAR to the granule, the host completes
	 * it by FAR[11:0]: nothing is in between here.
	 */
	exit = sim_guest_read(vm, 0, base + sim_page_size(vm) + 8, 8);
	assert_int_equal(exit.kind, SIM_MMIO);
	assert_int_equal(exit.mmio_addr, 0x9000008 + sim_page_size(vm));
	assert_int_equal(exit.mmio_len, 8);
	assert_false(exit.mmio_write);

	sim_vm_set_vmm(vm, &ops, &device);
	exit = sim_vcpu_loop(vm, 0); /* the read is answered with zero, its program ends */
	assert_int_equal(sim_vcpu_program(vm, 0, device_program, &base), 0);
	exit = sim_vcpu_loop(vm, 0);
	assert_int_equal(exit.kind, SIM_DONE);
	assert_int_equal(device.reads, 1);
	assert_int_equal(device.writes, 2);
	assert_int_equal(device.addr, 0x900002c);
	assert_int_equal(device.len, 1);
	assert_int_equal(device.written, 0xff);
}

static void the_guest_reads_what_the_vmm_emulates(void **state)
{
	static const struct sim_vmm_ops ops = { .mmio = device_access };
	struct sim_vm *vm = default_vm(state);
	uint64_t base = sim_vm_shared_bit(vm) | 0x9000000;
	struct device device = { 0 };

	sim_vm_set_vmm(vm, &ops, &device);
	assert_int_equal(sim_vcpu_program(vm, 0, device_program, &base), 0);
	assert_int_equal(sim_vcpu_loop(vm, 0).kind, SIM_DONE);
	assert_int_equal(device.reads, 1);
	assert_int_equal(device.writes, 2);
}

static const struct {
	const char *name;
	CMUnitTestFunction fn;
} slice[] = {
#define SLICE(fn)       \
	{               \
#fn, fn \
	}
	SLICE(private_fault_on_a_shared_page_asks_the_vmm),
	SLICE(private_memory_reads_zero_and_keeps_what_is_written),
	SLICE(shared_memory_is_one_memory_for_guest_and_vmm),
	SLICE(the_host_cannot_touch_a_mapped_private_page),
	SLICE(private_memory_without_a_slot_is_empty_and_gives_an_abort_to_the_realm),
	SLICE(a_conversion_keeps_the_secrets_and_carries_no_data),
	SLICE(a_conversion_asks_the_vmm_once_and_says_which_way),
	SLICE(a_punched_hole_robs_the_realm_until_it_agrees),
	SLICE(a_read_only_user_mapping_can_be_read_but_not_written),
	SLICE(the_zero_page_is_replaced_before_it_is_written),
	SLICE(a_page_taken_from_the_user_mapping_leaves_the_shared_alias),
	SLICE(an_access_outside_the_slots_is_mmio_for_the_vmm),
	SLICE(the_guest_reads_what_the_vmm_emulates),
};

#define NR_SLICE (sizeof(slice) / sizeof(slice[0]))

/* The same for every profile of the RMM: a host must not notice. */
int main(void)
{
	static char names[4 * NR_SLICE][128];
	struct CMUnitTest tests[4 * NR_SLICE + 1] = { 0 };
	const struct rmm_profile *profile;
	size_t n = 0, i;
	unsigned p;

	for (p = 0; p < 4 && (profile = rmm_profile_at(p)); p++) {
		for (i = 0; i < NR_SLICE; i++, n++) {
			snprintf(names[n], sizeof(names[n]), "%s (%s)", slice[i].name,
				 profile->name);
			tests[n] = (struct CMUnitTest){ names[n], slice[i].fn, fixture_setup,
							fixture_teardown, (void *)profile->name };
		}
	}
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(the_delegation_race_is_benign);
	return _cmocka_run_group_tests("first slice", tests, n, NULL, NULL);
}
