/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exhibit that is no bug, and the one that is a policy: attributes same|all|differs|policy KERNEL-A KERNEL-B
 *
 * gmem_abort() as first posted compares the memory attribute with the alias in both directions. Behind a dispatcher
 * that sends only private faults there the second direction is never taken: nobody can tell it from a check of one
 * direction (same), over all of the attribute's space and every schedule of a fault with one conversion at bound 3. Once
 * the dispatcher no longer filters shared faults, somebody can (differs). That a shared fault on a private page asks
 * the VMM was the policy until v12 (policy, B45).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <rmisim/compare.h>
#include <rmisim/replay.h>
#include <rmisim/scenario.h>

#include "world.h"

#define BOUND 3
#define GPA   UINT64_C(0x40000000)

static const char *kernels[2]; /* as on the command line */

/*
 * All that a fault of a realm and the attribute can have to do with each other. Runs with larger pages take longer: there
 * the shared alias, whose faults reach neither of the two checks, is gone through at bound 2, unless all is asked for.
 */
static const struct {
	const char *scenario;
	bool shared;
} space[] = {
	{ "attribute-space", false },
	{ "truth-table", false },
	{ "private-without-gmem", false },
	{ "fault-convert", false },
	{ "attribute-private-to-private", false },
	{ "attribute-no-gmem-private", false },
	{ "shared-fault-convert", true },
	{ "attribute-shared-to-shared", true },
	{ "attribute-no-gmem-shared", true },
	{ "attribute-store-to-private", true },
	{ "attribute-store-to-shared", true },
};

static bool all; /* of it at the full bound */

/* Aborts of an ordinary VM, which has no CPU here: they are handed to the dispatcher. */
static void ordinary_aborts(struct sim_world *w)
{
	static const uint64_t esrs[] = {
		UINT64_C(0x24) << 26 | 1u << 25 | 7, /* a load, translation fault at level 3 */
		UINT64_C(0x24) << 26 | 1u << 25 | 1u << 6 | 7,  /* a store */
		UINT64_C(0x24) << 26 | 1u << 25 | 1u << 6 | 15, /* the same, permission fault */
		UINT64_C(0x20) << 26 | 1u << 25 | 7,            /* a fetch */
	};
	const struct sim_kernel_probe *probe = sim_image_probe(w->image);

	for (unsigned i = 0; i < 2 * sizeof(esrs) / sizeof(esrs[0]); i++) {
		const struct sim_vm_config config = { .ram_base = GPA,
						      .ram_mib = 1024,
						      .not_realm = true,
						      .no_gmem = i & 1,
						      .gmem_pa = UINT64_C(0x8c0000000),
						      .user_pa = UINT64_C(0x900000000) };
		struct sim_vm *vm = sim_vm_new(w, &config);
		int ret;

		if (!vm)
			sim_fail(w, "no VM: %s", sim_error(w));
		ret = probe->guest_abort(sim_vm_kernel_vcpu(vm, 0), esrs[i / 2], GPA, GPA);
		sim_note(w, "abort %u %s guest_memfd: %d, and then 0x%llx", i / 2,
			 config.no_gmem ? "without" : "with", ret,
			 probe->stage2_leaf(sim_vm_kernel(vm), GPA));
		sim_vm_free(vm);
	}
}

static void store_to_shared(struct sim_guest *guest, void *arg)
{
	sim_guest_store(guest, *(rmm_ipa *)arg, 8, 0x1234);
}

/* Row 7: a shared fault, and the page's attribute is private. */
static void row_7(struct sim_world *w)
{
	struct sim_vm *vm =
		sim_vm_new(w, &(struct sim_vm_config){ .ram_base = GPA, .ram_mib = 1024 });
	rmm_ipa ipa = GPA;

	if (!vm || sim_vm_start(vm))
		sim_fail(w, "no realm: %s", sim_error(w));
	ipa |= sim_vm_shared_bit(vm);
	sim_expect(w, sim_vcpu_program(vm, 0, store_to_shared, &ipa) == 0);
	sim_vcpu_run(vm, 0);
	sim_vm_free(vm);
}

static struct sim_compare how(void)
{
	return (struct sim_compare){ .config = { .kernel = kernels[0] },
				     .other_kernel = kernels[1],
				     .preemptions = BOUND,
				     .rewinds = true };
}

static struct sim_compared compare(const char *name, unsigned bound)
{
	const struct sim_catalogue_entry *e = sim_catalogue_find(name);
	struct sim_compare c = how();

	if (!e)
		fail_msg("there is no scenario '%s'", name);
	c.preemptions = bound;
	sim_catalogue_configure(e, &c.config);
	return sim_compare_named(e->name, e->run, &c);
}

static void assert_same(const char *name, const struct sim_compared *r, unsigned bound)
{
	char says[300];

	printf("# %s: %s\n", name, sim_compared_says(r, says, sizeof(says)));
	if (r->error[0] || r->differs)
		fail_msg("%s: %s\n%s: %s\n%s: %s", name, says, kernels[0], r->a.line, kernels[1],
			 r->b.line);
	assert_true(r->exhaustive);
	assert_int_equal(r->preemptions, bound);
	/* no sets: each schedule was the same run, decision by decision */
	assert_true(r->schedules > 0 && r->outcomes[0] == 0);
}

static bool has_small_pages(const char *kernel)
{
	char why[300] = "";
	struct sim_image *image = sim_image_open(kernel, why, sizeof(why));
	bool small = image && sim_image_page_shift(image) == 12;

	if (!image)
		fail_msg("%s", why);
	sim_image_close(image);
	return small;
}

static void nobody_can_tell_them_apart(void **state)
{
	bool whole = all || has_small_pages(kernels[0]);

	for (size_t i = 0; i < sizeof(space) / sizeof(space[0]); i++) {
		unsigned bound = whole || !space[i].shared ? BOUND : BOUND - 1;
		struct sim_compared r = compare(space[i].scenario, bound);

		assert_same(space[i].scenario, &r, bound);
	}
}

static void nor_by_an_ordinary_vm(void **state)
{
	struct sim_compare c = how();
	struct sim_compared r = sim_compare(ordinary_aborts, &c);

	assert_same("ordinary_aborts", &r, BOUND);
}

static void print_difference(const struct sim_compared *r)
{
	char says[300];

	printf("# %s\n# %s: %s\n# %s\n# %s: %s\n# %s\n", sim_compared_says(r, says, sizeof(says)),
	       kernels[0], r->a.line, r->a.replay, kernels[1], r->b.line, r->b.replay);
}

static void assert_differs(const char *name, const struct sim_compared *r)
{
	if (r->error[0])
		fail_msg("%s: %s", name, r->error);
	if (!r->differs)
		fail_msg("%s and %s: a difference in %s is not found", kernels[0], kernels[1],
			 name);
	print_difference(r);
}

/* The string makes that run again. */
static void assert_replays(const struct sim_catalogue_entry *e, const char *kernel,
			   const struct sim_compared_run *run)
{
	struct sim_result r;

	assert_string_not_equal(run->replay, "");
	r = sim_replay_named(e->name, e->run, run->replay,
			     &(struct sim_explore){ .config = { .kernel = kernel } });
	assert_int_equal(r.schedules, 1);
	assert_string_equal(r.choices, run->choices);
}

static void somebody_can(void **state)
{
	static const char *const telling[] = { "attribute-space", "shared-fault-convert" };

	for (unsigned i = 0; i < 2; i++) {
		struct sim_compared r = compare(telling[i], BOUND);

		assert_differs(telling[i], &r);
		assert_int_equal(r.preemptions, 0);
		assert_replays(sim_catalogue_find(telling[i]), kernels[0], &r.a);
		assert_replays(sim_catalogue_find(telling[i]), kernels[1], &r.b);
	}
}

/* The first thing that differs in row 7 is what the second kernel says: asked, and PRIVATE is clear. */
static void row_7_asks_the_vmm(void **state)
{
	struct sim_compare c = how();
	struct sim_compared r = sim_compare(row_7, &c);

	assert_differs("row_7", &r);
	assert_non_null(strstr(r.a.line, "RTT_UNPROT_MAP"));
	if (!strstr(r.b.line, "KVM_RUN = -14") || !strstr(r.b.line, "flags=0x0"))
		fail_msg("%s: %s", kernels[1], r.b.line);
}

/* B45: what is no shared fault on a private page is as it was. */
static void all_else_is_as_it_was(void **state)
{
	static const char *const others[] = { "private-without-gmem", "fault-convert",
					      "attribute-private-to-private",
					      "attribute-no-gmem-private",
					      "attribute-no-gmem-shared" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct sim_compared r = compare(others[i], BOUND - 1);

		assert_same(others[i], &r, BOUND - 1);
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest same[] = {
		cmocka_unit_test(nobody_can_tell_them_apart),
		cmocka_unit_test(nor_by_an_ordinary_vm),
	};
	static const struct CMUnitTest differs[] = {
		cmocka_unit_test(somebody_can),
		cmocka_unit_test(row_7_asks_the_vmm),
	};
	static const struct CMUnitTest policy[] = {
		cmocka_unit_test(row_7_asks_the_vmm),
		cmocka_unit_test(all_else_is_as_it_was),
	};

	if (argc == 4) {
		kernels[0] = argv[2];
		kernels[1] = argv[3];
		all = !strcmp(argv[1], "all");
		if (!strcmp(argv[1], "same") || all)
			return cmocka_run_group_tests(same, NULL, NULL);
		if (!strcmp(argv[1], "differs"))
			return cmocka_run_group_tests(differs, NULL, NULL);
		if (!strcmp(argv[1], "policy"))
			return cmocka_run_group_tests(policy, NULL, NULL);
	}
	fprintf(stderr, "usage: attributes same|all|differs|policy KERNEL-A KERNEL-B\n");
	return 2;
}
