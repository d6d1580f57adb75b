// SPDX-License-Identifier: BSD-2-Clause
/*
 * The truth table of the fault dispatch (kvm-fault-dispatch A5), one test for each kernel image: where a
 * fault goes, by kind of VM, slot, alias and memory attribute. Attributes alone do not keep a realm from
 * its shared alias (row 7); a private fault on a slot without guest_memfd (row 9) is where the clean
 * port differs from v14.
 */
#include "fixture.h"

#define GPA     UINT64_C(0x10000000)
#define OFF     UINT64_C(0x200000)
#define GMEM_PA UINT64_C(0x8c0000000)
#define USER_PA UINT64_C(0x900000000)

enum outcome {
	MAPPED_PRIVATE,   /* protected, with the page of guest_memfd */
	MAPPED_USER_PAGE, /* protected, with the page of the user mapping (row 9 of v14: a hole) */
	MAPPED_SHARED,    /* unprotected, with the page of the user mapping */
	ORDINARY_USER,    /* ordinary VM: stage 2 leads to the user mapping */
	ORDINARY_GMEM,    /* ordinary VM: stage 2 leads to guest_memfd */
	ASKED_PRIVATE,    /* -EFAULT, MEMORY_FAULT with PRIVATE */
	ASKED_SHARED,     /* -EFAULT, MEMORY_FAULT without PRIVATE */
	OTHER,
	NOT_OFFERED, /* the environment has no such VM */
};

static const char *const outcome_names[] = {
	[MAPPED_PRIVATE] = "mapped private (guest_memfd)",
	[MAPPED_USER_PAGE] = "mapped private (user page)",
	[MAPPED_SHARED] = "mapped shared",
	[ORDINARY_USER] = "ordinary mapping (user page)",
	[ORDINARY_GMEM] = "ordinary mapping (guest_memfd)",
	[ASKED_PRIVATE] = "MEMORY_FAULT private",
	[ASKED_SHARED] = "MEMORY_FAULT shared",
	[OTHER] = "something else",
	[NOT_OFFERED] = "VM not offered",
};

static const struct row {
	const char *name;
	bool realm, gmem, shared_alias, attr_private;
	enum outcome v14, clean;
} rows[] = {
	{ "1", false, false, false, false, ORDINARY_USER, ORDINARY_USER },
	{ "2", false, true, false, false, ORDINARY_GMEM, ORDINARY_GMEM },
	{ "3", false, true, false, true, ORDINARY_GMEM, ORDINARY_GMEM },
	{ "4", true, true, false, true, MAPPED_PRIVATE, MAPPED_PRIVATE },
	{ "5", true, true, false, false, ASKED_PRIVATE, ASKED_PRIVATE },
	{ "6", true, true, true, false, MAPPED_SHARED, MAPPED_SHARED },
	{ "7", true, true, true, true, MAPPED_SHARED, MAPPED_SHARED },
	{ "8 (shared)", true, false, true, false, MAPPED_SHARED, MAPPED_SHARED },
	{ "8 (private)", true, false, true, true, MAPPED_SHARED, MAPPED_SHARED },
	{ "9 (shared)", true, false, false, false, MAPPED_USER_PAGE, ASKED_PRIVATE },
	{ "9 (private)", true, false, false, true, MAPPED_USER_PAGE, ASKED_PRIVATE },
};

struct touch {
	rmm_ipa ipa;
	uint64_t size;
	bool make_ram; /* RIPAS of a slot without guest_memfd starts EMPTY: the realm asks first */
	uint64_t status;
};

static void touch_program(struct sim_guest *guest, void *arg)
{
	struct touch *touch = arg;
	uint64_t value;

	if (touch->make_ram)
		touch->status =
			sim_guest_set_ripas(guest, touch->ipa, touch->ipa + touch->size, RMI_RAM);
	sim_guest_load(guest, touch->ipa, 8, &value);
}

static enum outcome mapping(struct sim_vm *vm, rmm_ipa ipa)
{
	struct rmm_entry entry = fixture_walk(vm, ipa);

	if (entry.hipas == RMM_HIPAS_DATA && entry.pa == GMEM_PA + OFF)
		return MAPPED_PRIVATE;
	if (entry.hipas == RMM_HIPAS_DATA && entry.pa == USER_PA + OFF)
		return MAPPED_USER_PAGE;
	if (entry.hipas == RMM_MAPPED_NS && entry.pa == USER_PA + OFF)
		return MAPPED_SHARED;
	return OTHER;
}

/*
 * An ordinary guest cannot run here (no CPU for it): hand its abort to the dispatcher. Data abort from a
 * lower level, translation fault at level 3, a write. gfn_to_hva and mappings are as for anybody.
 */
static enum outcome ordinary_abort(struct fixture *f, char *say, size_t size)
{
	const uint64_t esr = UINT64_C(0x24) << 26 | 1u << 25 | 1u << 6 | 7;
	int ret = f->probe->guest_abort(sim_vm_kernel_vcpu(f->vm, 0), esr, GPA + OFF, GPA + OFF);
	uint64_t pa = f->probe->stage2_leaf(sim_vm_kernel(f->vm), GPA + OFF);

	snprintf(say, size, "dispatcher says %d, stage 2 leads to 0x%llx", ret,
		 (unsigned long long)pa);
	if (ret == 1 && pa == GMEM_PA + OFF)
		return ORDINARY_GMEM;
	if (ret == 1 && pa == USER_PA + OFF)
		return ORDINARY_USER;
	return OTHER;
}

/* Touch the page of a realm. */
static enum outcome realm_access(struct fixture *f, const struct row *row, char *say, size_t size)
{
	struct touch touch = { .ipa = GPA + OFF,
			       .size = sim_page_size(f->vm),
			       .make_ram = !row->gmem && !row->shared_alias };
	struct sim_exit exit;

	if (row->shared_alias)
		touch.ipa |= sim_vm_shared_bit(f->vm);
	sim_vcpu_program(f->vm, 0, touch_program, &touch);
	exit = sim_vcpu_run(f->vm, 0);
	if (touch.make_ram && exit.kind == SIM_MEMORY_FAULT)
		exit = sim_vcpu_run(f->vm, 0); /* the VMM lets it be */
	snprintf(say, size, "%s, ret %d, gpa 0x%llx", sim_exit_kind_name(exit.kind), exit.ret,
		 (unsigned long long)exit.gpa);
	if (exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE)
		return mapping(f->vm, touch.ipa);
	if (exit.kind == SIM_MEMORY_FAULT && exit.ret == -14 && exit.gpa == GPA + OFF &&
	    exit.size == touch.size) {
		if (exit.flags == SIM_FAULT_PRIVATE)
			return ASKED_PRIVATE;
		if (exit.flags == SIM_FAULT_SHARED)
			return ASKED_SHARED;
	}
	return OTHER;
}

/* Touch the page of the row's VM; the VM is torn down afterwards. */
static enum outcome run_row(const char *kernel, const struct row *row, char *say, size_t size)
{
	const struct sim_vm_config config = {
		.ram_base = GPA,
		.no_gmem = !row->gmem,
		.not_realm = !row->realm,
		.shared_at_start = !row->attr_private,
		.gmem_pa = GMEM_PA,
		.user_pa = USER_PA,
	};
	struct fixture f = { .flawed = !strcmp(kernel, "v14-posted") };
	enum outcome outcome;

	fixture_open(&f, kernel, "linux-friendly");
	f.vm = sim_vm_new(f.world, &config);
	if (!f.vm)
		fail_msg("row %s: %s", row->name, sim_error(f.world));
	if (!row->realm && row->attr_private &&
	    sim_vm_set_private(f.vm, GPA + OFF, sim_page_size(f.vm))) {
		snprintf(say, size, "%s", sim_error(f.world));
		outcome = NOT_OFFERED;
	} else if (!row->realm) {
		outcome = ordinary_abort(&f, say, size);
	} else {
		outcome = realm_access(&f, row, say, size);
	}
	fixture_close(&f);
	return outcome;
}

static void the_truth_table(void **state)
{
	const char *kernel = *state;
	bool clean = strcmp(kernel, "v14-posted");
	unsigned i, bad = 0, skipped = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum outcome want = clean ? rows[i].clean : rows[i].v14, got;
		char say[256] = "";

		got = run_row(kernel, &rows[i], say, sizeof(say));
		if (got == NOT_OFFERED) {
			fprintf(stderr, "row %s not run on %s: %s\n", rows[i].name, kernel, say);
			skipped++;
			continue;
		}
		if (got == want)
			continue;
		fprintf(stderr, "row %s on %s: %s, expected %s (%s)\n", rows[i].name, kernel,
			outcome_names[got], outcome_names[want], say);
		bad++;
	}
	assert_int_equal(bad, 0);
	/* Row 3 is not reachable where ordinary VMs have no attributes. */
	assert_true(skipped <= 1);
}

int main(void)
{
	char name[64];
	const struct CMUnitTest tests[] = {
		{ name, the_truth_table, NULL, NULL, (void *)fixture_kernel() },
		{ "the_truth_table (v14-posted)", the_truth_table, NULL, NULL,
		  (void *)"v14-posted" },
	};

	snprintf(name, sizeof(name), "the_truth_table (%s)", fixture_kernel());
	/* The museum has one image, of 4K pages. */
	return _cmocka_run_group_tests("truth table of the fault dispatch", tests,
				       strcmp(fixture_kernel(), "4k") ? 1 : 2, NULL, NULL);
}
