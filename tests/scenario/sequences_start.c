// SPDX-License-Identifier: BSD-2-Clause
/*
 * kvm-call-sequences 1, 2, 3 and 5: what is said beside the straight story. Populates that fail, RMMs
 * that take a donation in another way, activation and mapping where nothing was populated, and the 2 MiB
 * of scenario 5 page by page and at an address that is not aligned.
 */
#include <stdlib.h>

#include "telling.h"

#define PAGE  UINT64_C(0x1000)
#define ENXIO 6

/* --- 1: populate --- */

static void populating_nothing_creates_the_realm(void **state)
{
	struct telling t;
	uint64_t done = 99;

	telling_open(&t, *state);
	expect(&t, "size 0", sim_vm_populate(t.vm, STORY_GPA, NULL, 0, true, &done) == 0);
	expect(&t, "size 0", done == 0);
	telling_check(&t, "size 0", t.story->create);
	telling_close(&t);
}

static void a_page_is_not_populated_twice(void **state)
{
	static const uint8_t data[PAGE] = { 9 };
	struct telling t;
	uint64_t done = 99;

	telling_open(&t, *state);
	telling_populate(&t);
	expect(&t, "second populate",
	       sim_vm_populate(t.vm, STORY_GPA + PAGE, data, PAGE, true, &done) == -ENXIO);
	expect(&t, "second populate", done == 0);
	telling_check(&t, "second populate", "RANGE_DELEGATE(0x880001000, 0x880002000) -> 0x1\n");
	telling_close(&t);
}

/*
 * Somebody else's use of the source page, for as long as DATA_MAP_INIT looks at it: another RMI user has
 * delegated it, so that it cannot be read.
 */
static void take_source(struct golden *g, const struct sim_event *event)
{
	const uint64_t *victim = g->hook_ctx;
	bool before = event->kind == SIM_EVENT_RMI_CALL;
	struct rmm_regs regs = { { before ? RMI_GRANULE_RANGE_DELEGATE
					  : RMI_GRANULE_RANGE_UNDELEGATE } };

	if (!before && event->kind != SIM_EVENT_RMI_RETURN)
		return;
	if (!event->rmm->command || event->rmm->command->fid != RMI_RTT_DATA_MAP_INIT ||
	    event->rmm->regs_in->x[3] != *victim)
		return;
	regs.x[1] = event->rmm->regs_in->x[4];
	regs.x[2] = regs.x[1] + PAGE;
	rmm_smc(sim_world_rmm(g->world), 1, &regs);
}

/* Three pages, of which the RMM refuses number k. */
static void populate_with_refusal(void **state, unsigned k, const char *text)
{
	static const uint8_t data[3 * PAGE] = { 1 };
	uint64_t victim = STORY_GPA + k * PAGE, done = 99;
	struct telling t;
	int ret;

	telling_open(&t, *state);
	expect(&t, "size 0", sim_vm_populate(t.vm, STORY_GPA, NULL, 0, true, NULL) == 0);
	telling_check(&t, "size 0", t.story->create);
	t.f.golden.hook = take_source;
	t.f.golden.hook_ctx = &victim;
	ret = sim_vm_populate(t.vm, STORY_GPA, data, sizeof(data), true, &done);
	t.f.golden.hook = NULL;
	expect(&t, "refused page", ret == (k ? 0 : -ENXIO));
	expect(&t, "refused page", done == k * PAGE);
	telling_check(&t, "refused page", text);
	expect(&t, "refused page", golden_value(&t.f.golden, "s") != 0);
	telling_close(&t);
}

static void the_first_page_that_is_refused_is_undelegated_and_fails_the_populate(void **state)
{
	populate_with_refusal(state, 0,
			      "RANGE_DELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n"
			      "DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> s\n"
			      "RANGE_UNDELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n");
}

static void a_later_page_that_is_refused_is_undelegated_and_ends_the_populate(void **state)
{
	const struct story *story = *state;
	char text[2048];

	/* The second page's DATA_MAP_INIT is the last line of the sheet's list. */
	snprintf(text, sizeof(text), "%.*s-> s\n%s",
		 (int)(strlen(story->populate) - strlen(story->create) - strlen("-> 0\n")),
		 story->populate + strlen(story->create),
		 "RANGE_UNDELEGATE(0x880001000, 0x880002000) -> 0; X1 = end\n");
	populate_with_refusal(state, 1, text);
}

/*
 * The same when another page is mapped there already. Here the port looks first: it must not undelegate a
 * page that the RMM has at this very IPA (B14), and so reads the entry.
 */
static void a_page_where_another_one_is_mapped_is_undelegated(void **state)
{
	static const uint8_t data[PAGE] = { 1 };
	struct telling t;

	telling_open(&t, *state);
	expect(&t, "size 0", sim_vm_populate(t.vm, STORY_GPA, NULL, 0, true, NULL) == 0);
	expect(&t, "map",
	       t.f.probe->map_protected(sim_vm_kernel_vcpu(t.vm, 0), STORY_GPA, 0x888203000,
					PAGE) == 0);
	golden_bind(&t.f.golden, "RD", sim_vm_rd(t.vm));
	t.f.golden.next = t.f.golden.nr_calls;
	expect(&t, "occupied", sim_vm_populate(t.vm, STORY_GPA, data, PAGE, true, NULL) == -ENXIO);
	telling_check(&t, "occupied",
		      "RANGE_DELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n"
		      "DATA_MAP_INIT(RD, 0x880000000, 0x80000000, SRC0, 1) -> 0x304\n"
		      "RTT_READ_ENTRY(RD, 0x80000000, 3) -> 0\n"
		      "RANGE_UNDELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n");
	telling_close(&t);
}

/*
 * An RMM that passes over granules which are in use already, so that RANGE_DELEGATE never fails, and that
 * looks at the entry before it looks at the page. The model does neither: its answers are changed.
 */
static void pass_over(struct golden *g, const struct sim_event *event)
{
	struct rmm_regs *out;

	if (event->kind != SIM_EVENT_RMI_RETURN || !event->rmm->command)
		return;
	out = (struct rmm_regs *)event->rmm->regs_out;
	switch (event->rmm->command->fid) {
	case RMI_GRANULE_RANGE_DELEGATE:
		out->x[0] = RMI_SUCCESS;
		out->x[1] = event->rmm->regs_in->x[2];
		break;
	case RMI_RTT_DATA_MAP_INIT:
	case RMI_RTT_DATA_MAP:
		if (out->x[0] == RMI_ERROR_INPUT)
			out->x[0] = RMI_RESULT(RMI_ERROR_RTT, 3);
		break;
	}
}

/* 1 and 12 (B14): the page that is mapped here must not be undelegated. */
static void a_page_that_is_mapped_already_is_left_alone(void **state)
{
	static const uint8_t data[PAGE] = { 9 };
	struct telling t;

	telling_open(&t, *state);
	telling_populate(&t);
	t.f.golden.hook = pass_over;
	expect(&t, "populate", sim_vm_populate(t.vm, STORY_GPA, data, PAGE, true, NULL) < 0);
	telling_check(&t, "populate",
		      "RANGE_DELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n"
		      "DATA_MAP_INIT(RD, 0x880000000, 0x80000000, *, 1) -> 0x304\n"
		      "RTT_READ_ENTRY(RD, 0x80000000, 3) -> 0\n");
	expect(&t, "fault",
	       t.f.probe->map_protected(sim_vm_kernel_vcpu(t.vm, 0), STORY_GPA, STORY_GMEM, PAGE) ==
		       0);
	telling_check(&t, "fault",
		      "RANGE_DELEGATE(0x880000000, 0x880001000) -> 0; X1 = end\n"
		      "DATA_MAP(RD, 0x80000000, 0x80001000, 0x1, 0x880000004) -> 0x304\n"
		      "RTT_READ_ENTRY(RD, 0x80000000, 3) -> 0\n");
	t.f.golden.hook = NULL;
	expect(&t, "mapping", fixture_walk(t.vm, STORY_GPA).pa == STORY_GMEM);
	telling_close(&t);
}

/* --- 2: activation --- */

static void activation_without_populate_builds_tables_down_to_level_2(void **state)
{
	struct telling t;

	telling_open(&t, *state);
	telling_activate(&t, t.story->create, t.story->ripas_unpopulated);
	telling_tables(&t, "INIT_RIPAS", 0, t.story->levels ? 1 : 2);
	telling_close(&t);
}

/* An RMM that takes a donation in its own way: a story with another profile. */
static void activation_with(void **state, const struct rmm_profile *custom, const char *donation0,
			    const char *donation1)
{
	struct story story = *(const struct story *)*state;
	struct telling t;

	story.custom = custom;
	story.donation0 = donation0;
	story.donation1 = donation1;
	telling_open(&t, &story);
	telling_populate(&t);
	telling_activate(&t, "", story.ripas);
	expect(&t, "quiescent", sim_quiescent(t.f.world) == NULL);
	telling_close(&t);
}

static void a_donation_may_finish_the_operation(void **state)
{
	struct rmm_profile custom = *rmm_profile_find(((const struct story *)*state)->profile);

	custom.donate_finishes = true;
	activation_with(state, &custom, "OP_MEM_DONATE(h0, list0, 16) -> 0; X1 = 16\n",
			"OP_MEM_DONATE(h1, list1, 16) -> 0; X1 = 16\n");
}

/* X0 of REC_CREATE and of OP_MEM_DONATE are one word when more is wanted. */
static void granules_that_were_not_taken_are_offered_again(void **state)
{
	const struct story *story = *state;
	struct rmm_profile custom = *rmm_profile_find(story->profile);
	char donation[2][256];
	unsigned i;

	custom.donate_granules = 10;
	for (i = 0; i < 2; i++)
		snprintf(donation[i], sizeof(donation[i]),
			 "OP_MEM_DONATE(h%u, list%u, 16) -> 0x%llx; X1 = 10, X2 = 0x18\n"
			 "OP_MEM_DONATE(h%u, again%u, 6) -> 0x%llx; X1 = 6, X2 = 0\n"
			 "OP_CONTINUE(h%u, 0) -> 0\n",
			 i, i, (unsigned long long)story->rec_create, i, i,
			 (unsigned long long)story->rec_create & ~0x300ull, i);
	activation_with(state, &custom, donation[0], donation[1]);
}

/* --- 3: nothing built at all --- */

/* H2 repeats DATA_MAP after every level. */
static void mapping_into_an_empty_realm_creates_one_level_at_a_time(void **state)
{
	struct telling t;

	telling_open(&t, *state);
	expect(&t, "populate nothing", sim_vm_populate(t.vm, STORY_GPA, NULL, 0, true, NULL) == 0);
	telling_check(&t, "populate nothing", t.story->create);
	assert_non_null(t.f.probe);
	expect(&t, "map",
	       t.f.probe->map_protected(sim_vm_kernel_vcpu(t.vm, 0), 0x88203000, 0x888203000,
					PAGE) == 0);
	telling_check(&t, "map from nothing", t.story->map_from_nothing);
	telling_close(&t);
}

/* --- 5: the 2 MiB at 0x88400000 --- */

static void touched_page_by_page_it_takes_1027_calls(void **state)
{
	const uint64_t base = 0x88400000;
	unsigned long long ipa, pa;
	struct rmm_entry entry;
	struct telling t;
	unsigned i, calls = 0;
	char text[512];

	telling_open(&t, *state);
	telling_populate(&t);
	telling_activate(&t, "", t.story->ripas);
	for (i = 0; i < 512; i++) {
		ipa = base + i * PAGE;
		pa = STORY_GMEM + ipa - STORY_GPA;
		snprintf(text, sizeof(text),
			 "RANGE_DELEGATE(0x%llx, 0x%llx) -> 0; X1 = end\n%s"
			 "DATA_MAP(RD, 0x%llx, 0x%llx, 0x1, 0x%llx) -> 0; X1 = 0x%llx\n",
			 pa, pa + PAGE,
			 i ? ""
			   : "DATA_MAP(RD, 0x88400000, 0x88401000, 0x1, 0x888400004) -> 0x204\n"
			     "RANGE_DELEGATE(T7, T7+0x1000) -> 0; X1 = end\n"
			     "RTT_CREATE(RD, T7, 0x88400000, 3) -> 0\n",
			 ipa, ipa + PAGE, pa | 4, ipa + PAGE);
		calls += i ? 2 : 5;
		telling_read(&t, "page by page", ipa, text);
	}
	expect(&t, "page by page", calls == 1027);
	entry = fixture_walk(t.vm, base);
	expect(&t, "nothing folds them", entry.level == 3 && entry.hipas == RMM_HIPAS_DATA);
	telling_close(&t);
}

/*
 * (?) in the sheet: whether top may exceed what the descriptor holds. The port's top is the end of the
 * descriptor, which is safe under both readings.
 */
static void pages_that_are_not_aligned_to_the_block_are_mapped_by_two_descriptors(void **state)
{
	struct telling t;

	telling_open(&t, *state);
	telling_populate(&t);
	telling_activate(&t, "", t.story->ripas);
	assert_non_null(t.f.probe);
	expect(&t, "not aligned",
	       t.f.probe->map_protected(sim_vm_kernel_vcpu(t.vm, 0), 0x88400000, 0x888401000,
					0x200000) == 0);
	telling_check(
		&t, "not aligned",
		"RANGE_DELEGATE(0x888401000, 0x888601000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x88400000, 0x885ff000, 1, 0x8884017fc) -> 0x204\n"
		"RANGE_DELEGATE(T7, T7+0x1000) -> 0; X1 = end\n"
		"RTT_CREATE(RD, T7, 0x88400000, 3) -> 0\n"
		"DATA_MAP(RD, 0x88400000, 0x885ff000, 1, 0x8884017fc) -> 0; X1 = 0x885ff000\n"
		"DATA_MAP(RD, 0x885ff000, 0x88600000, 1, 0x888600004) -> 0; X1 = 0x88600000\n");
	telling_close(&t);
}

struct CMUnitTest *start_tests(struct CMUnitTest *to)
{
#define TEST(fn)        \
	{               \
#fn, fn \
	}
	static const struct {
		const char *name;
		CMUnitTestFunction fn;
	} tests[] = {
		TEST(populating_nothing_creates_the_realm),
		TEST(a_page_is_not_populated_twice),
		TEST(the_first_page_that_is_refused_is_undelegated_and_fails_the_populate),
		TEST(a_later_page_that_is_refused_is_undelegated_and_ends_the_populate),
		TEST(a_page_where_another_one_is_mapped_is_undelegated),
		TEST(a_page_that_is_mapped_already_is_left_alone),
		TEST(activation_without_populate_builds_tables_down_to_level_2),
		TEST(a_donation_may_finish_the_operation),
		TEST(granules_that_were_not_taken_are_offered_again),
		TEST(mapping_into_an_empty_realm_creates_one_level_at_a_time),
		TEST(touched_page_by_page_it_takes_1027_calls),
		TEST(pages_that_are_not_aligned_to_the_block_are_mapped_by_two_descriptors),
	};
	unsigned i, k;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		for (k = 0; k < nr_stories; k++)
			to = telling_test(to, tests[i].name, tests[i].fn, &stories[k]);
	return to;
}
