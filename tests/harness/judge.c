/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the harness objects to in KVM_RUN and in memory, and what it lets pass: made-up returns of a kernel.
 */
#include "fake.h"

#include "world.h"

#define PAGE    UINT64_C(0x1000)
#define S36     (UINT64_C(1) << 35)
#define PRIVATE SIM_MEMORY_EXIT_FLAG_PRIVATE
#define EFAULT_ 14

struct fixture {
	struct sim_world *world;
	struct sim_vm *vm;
	struct sim_guest *guest;
};

static int setup(void **state)
{
	static struct fixture f;
	char path[512], why[256];
	struct sim_config config = fake_config(path);

	f.world = sim_world_new(&config, why, sizeof(why));
	f.vm = f.world ? sim_vm_new(f.world, NULL) : NULL; /* 36 bits */
	if (!f.vm)
		return -1;
	f.guest = sim_vm_vcpu(f.vm, 0);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sim_world_free(f->world);
	return 0;
}

/* The contract that broke and nothing else, "" for none; forgotten afterwards. */
static const char *broken(struct fixture *f)
{
	struct sim_check *check = &f->world->check;
	const char *name = check->seen ? sim_contract_name(check->broken) : "";

	check->seen = 0;
	f->world->violation[0] = '\0';
	return name;
}

struct run {
	const char *what;
	struct sim_asks asks;
	int ret;
	unsigned exit_reason;
	uint64_t gpa, size, flags;
	const char *broken;
};

#define FAULT(gpa, size, flags) -EFAULT_, SIM_EXIT_MEMORY_FAULT, gpa, size, flags
#define ACCESS(ipa)                                      \
	{                                                \
		SIM_ASKS_ACCESS, (ipa), (ipa) + 8, false \
	}
#define RIPAS(base, top, ram)                  \
	{                                      \
		SIM_ASKS_RIPAS, base, top, ram \
	}

static const struct run runs[] = {
	{ "done", ACCESS(0x2008), 0, SIM_EXIT_SHUTDOWN, 0, 0, 0, "" },
	{ "done, and nobody knows what", ACCESS(0x2008), 0, 0, 0, 0, 0, "run-reason" },
	{ "an exit that is not handled", ACCESS(0x2008), 0, SIM_EXIT_INTERNAL_ERROR, 0, 0, 0,
	  "run-reason" },
	{ "interrupted", ACCESS(0x2008), -4, 0, 0, 0, 0, "" },
	{ "a positive value", ACCESS(0x2008), 0x304, 0, 0, 0, 0, "return" },
	{ "private page", ACCESS(0x2008), FAULT(0x2000, PAGE, PRIVATE), "" },
	{ "shared page", ACCESS(S36 | 0x2008), FAULT(0x2000, PAGE, 0), "" },
	{ "the other alias", ACCESS(0x2008), FAULT(0x2000, PAGE, 0), "fault-payload" },
	{ "the other alias", ACCESS(S36 | 0x2008), FAULT(0x2000, PAGE, PRIVATE), "fault-payload" },
	{ "another page", ACCESS(0x2008), FAULT(0x3000, PAGE, PRIVATE), "fault-payload" },
	{ "no page", ACCESS(0x2008), FAULT(0x2008, PAGE, PRIVATE), "fault-payload" },
	{ "part of a page", ACCESS(0x2008), FAULT(0x2000, 8, PRIVATE), "fault-payload" },
	{ "with the shared bit", ACCESS(S36 | 0x2008), FAULT(S36 | 0x2000, PAGE, 0),
	  "fault-payload" },
	{ "an unknown flag", ACCESS(0x2008), FAULT(0x2000, PAGE, PRIVATE | 1), "fault-payload" },
	{ "a poisoned page", ACCESS(0x2008), -133, SIM_EXIT_MEMORY_FAULT, 0x2000, PAGE, PRIVATE,
	  "" },
	{ "another errno", ACCESS(0x2008), -12, SIM_EXIT_MEMORY_FAULT, 0x5008, 3, 77, "" },
	{ "RAM asked for", RIPAS(0x4000, 0x8000, true), FAULT(0x4000, 0x4000, PRIVATE), "" },
	{ "EMPTY asked for", RIPAS(0x4000, 0x8000, false), FAULT(0x4000, 0x4000, 0), "" },
	{ "the wrong way", RIPAS(0x4000, 0x8000, true), FAULT(0x4000, 0x4000, 0), "fault-payload" },
	{ "more than asked for", RIPAS(0x4000, 0x8000, true), FAULT(0x4000, 0x5000, PRIVATE),
	  "fault-payload" },
	{ "nothing done",
	  { SIM_ASKS_OTHER, 0, 0, false },
	  FAULT(0x4000, PAGE, 0),
	  "fault-payload" },
	{ "shared, unprepared", ACCESS(S36 | 0x2008), -EFAULT_, 0, 0, 0, 0, "" },
	{ "private, unprepared", ACCESS(0x2008), -EFAULT_, 0, 0, 0, 0, "fault-origin" },
	/* of a call before this one */
	{ "private, stale exit", ACCESS(0x2008), -EFAULT_, SIM_EXIT_MEMORY_FAULT, 0x2000, 0,
	  PRIVATE, "fault-origin" },
};

static void what_kvm_run_returns_is_held_against_what_the_guest_did(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		const struct run *r = &runs[i];
		const char *is;

		f->guest->asks = r->asks;
		sim_judge_run_begins(f->guest);
		assert_int_equal(f->guest->run.memory_fault.size, 0);
		f->guest->run.exit_reason = r->exit_reason;
		f->guest->run.memory_fault.gpa = r->gpa;
		f->guest->run.memory_fault.size = r->size;
		f->guest->run.memory_fault.flags = r->flags;
		sim_judge_run(f->guest, r->ret);
		is = broken(f);
		if (strcmp(is, r->broken))
			fail_msg("%s: '%s', expected '%s'", r->what, is, r->broken);
	}
}

/* A WARN of the kernel is a finding of its own. */
static void a_warning_explains_an_error_without_an_exit(void **state)
{
	struct fixture *f = *state;

	f->guest->asks = (struct sim_asks)ACCESS(0x2008);
	sim_judge_run_begins(f->guest);
	f->world->warns++;
	f->guest->run.exit_reason = 0;
	sim_judge_run(f->guest, -EFAULT_);
	assert_string_equal(broken(f), "");
}

static void guest(struct fixture *f, uint64_t ipa, unsigned size, bool write, uint64_t value)
{
	struct rmm_access a = { .ipa = ipa, .size = size, .write = write, .value = value };

	f->guest->result = RMM_REALM_DONE;
	sim_judge_access(f->guest, &a);
}

static void a_load_gives_the_last_store_through_either_alias(void **state)
{
	struct fixture *f = *state;
	uint64_t value = 0x1122334455667788, hva = sim_vm_hva(f->vm, 0x2000);
	uint8_t byte = 0x77;

	/* guest to VMM and back */
	guest(f, S36 | 0x2000, 8, true, value);
	sim_judge_user(f->vm, hva, &value, 8, false);
	assert_string_equal(broken(f), "");
	sim_judge_user(f->vm, hva + 1, &byte, 1, true);
	guest(f, S36 | 0x2000, 8, false, 0x1122334455667788);
	assert_string_equal(broken(f), "");
	byte = 0x78;
	sim_judge_user(f->vm, hva + 1, &byte, 1, true);
	guest(f, S36 | 0x2000, 8, false, 0x1122334455667788);
	assert_non_null(strstr(f->world->violation, "the guest reads 0x77 at hva"));
	assert_string_equal(broken(f), "memory");
	/* the private alias is another memory */
	guest(f, 0x2000, 8, false, 0);
	assert_string_equal(broken(f), "");
	guest(f, 0x2000, 8, true, 5);
	guest(f, 0x2000, 8, false, 6);
	assert_string_equal(broken(f), "memory");
	sim_judge_user_forget(f->vm, hva, PAGE);
	guest(f, S36 | 0x2000, 8, false, 0);
	assert_string_equal(broken(f), "");
}

/* Against an array of bytes and what is known of them. */
static void the_shadow_is_what_was_stored(void **state)
{
	enum { SIZE = 0x6000 };
	static uint8_t data[SIZE], known[SIZE], buf[300];
	struct sim_arena *arena = sim_arena_new(false);
	struct sim_shadow shadow = { 0 };
	uint64_t seed = 88172645463325252, base = 0x7f0000000000, at;
	unsigned differences = 0;
	uint8_t is, should;

	assert_non_null(arena);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned n, addr;
		bool agrees = true, got;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		n = 1 + seed % sizeof(buf);
		addr = (unsigned)((seed >> 20) % (SIZE - n));
		for (unsigned i = 0; i < n; i++)
			buf[i] = (uint8_t)(seed >> (i % 50) & 3);
		switch (seed >> 60 & 7) {
		case 0:
			sim_shadow_forget(&shadow, arena, base + addr, base + addr + n);
			memset(known + (addr & ~0xfffu), 0,
			       ((addr + n - 1) | 0xfff) + 1 - (addr & ~0xfffu));
			break;
		case 1:
			memcpy(buf, data + addr, n);
			/* fallthrough */
		case 2:
			for (unsigned i = 0; i < n; i++)
				agrees &= !known[addr + i] || data[addr + i] == buf[i];
			got = sim_shadow_agrees(&shadow, base + addr, buf, n, &at, &is, &should);
			assert_int_equal(got, agrees);
			differences += !got;
			if (!got) {
				assert_int_equal(is, buf[at]);
				assert_int_equal(should, data[addr + at]);
			}
			break;
		default:
			sim_shadow_store(&shadow, arena, base + addr, buf, n);
			memcpy(data + addr, buf, n);
			memset(known + addr, 1, n);
			break;
		}
	}
	assert_true(differences > 100);
	sim_shadow_drop(&shadow, arena);
	assert_int_equal(sim_arena_used(arena), 0);
	sim_arena_drop(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_kvm_run_returns_is_held_against_what_the_guest_did, setup, teardown),
		cmocka_unit_test_setup_teardown(a_warning_explains_an_error_without_an_exit, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_load_gives_the_last_store_through_either_alias,
						setup, teardown),
		cmocka_unit_test(the_shadow_is_what_was_stored),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
