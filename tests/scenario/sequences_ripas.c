// SPDX-License-Identifier: BSD-2-Clause
/*
 * kvm-call-sequences 8 to 11: conversions that take another turn than the straight story, RIPAS changes
 * over blocks, tables and parts of them, and holes.
 *
 * Each test begins behind scenario 6: T1 and T2, T3 (level 3 of 0x88200000), pages 0x88203000 and
 * 0x88204000, the block at 0x88400000 and a shared page.
 */
#include <stdlib.h>

#include "telling.h"

#define PAGE   UINT64_C(0x1000)
#define MIB(n) ((uint64_t)(n) << 20)
#define EINVAL 22
#define EFAULT 14

#define DATA_UNMAP(base, top) "DATA_UNMAP(RD, " base ", " top ", 1, 0) -> "
#define NOTHING(top)          "0; X1 = " top ", X2 = 0\n"
#define NEW_TABLE(ipa)                                   \
	"RANGE_DELEGATE(T7, T7+0x1000) -> 0; X1 = end\n" \
	"RTT_CREATE(RD, T7, " ipa ", 3) -> 0\n"

#define UNMAP_PAGE                               \
	DATA_UNMAP("0x88203000", "0x88204000")   \
	"0; X1 = 0x88204000, X2 = 0x888203004\n" \
	"RANGE_UNDELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n"
#define UNMAP_NOTHING  DATA_UNMAP("0x88203000", "0x88204000") NOTHING("0x88204000")
#define SET_RIPAS_PAGE "SET_RIPAS(RD, REC0, 0x88203000, 0x88204000) -> 0; X1 = 0x88204000\n"
#define MAP_SHARED     "UNPROT_MAP(RD, S+0x88203000, S+0x88204000, 0x1e0001, 0x8000000908203004) -> "
#define TOUCH_SHARED                                                       \
	MAP_SHARED "0x204\n"                                               \
		   "RANGE_DELEGATE(T6, T6+0x1000) -> 0; X1 = end\n"        \
		   "RTT_CREATE(RD, T6, S+0x88200000, 3) -> 0\n" MAP_SHARED \
		   "0; X1 = S+0x88204000\n"

/* Check text with the fold that follows an unmap in the slot, once for each '@' in the text. */
static void check_folds(struct telling *t, const char *title, const char *text)
{
	char *full = NULL;
	size_t size;
	FILE *to = open_memstream(&full, &size);

	assert_non_null(to);
	for (; *text; text++) {
		if (*text == '@')
			fprintf(to, "%s", t->story->fold_private);
		else
			fputc(*text, to);
	}
	fclose(to);
	telling_check(t, title, full);
	free(full);
}

/* --- 8: private to shared --- */

static void a_hole_between_attribute_and_completion_unmaps_nothing_more(void **state)
{
	struct conversion c = { .base = 0x88203000, .top = 0x88204000, .ripas = RMI_EMPTY };
	struct telling t;

	telling_begin(&t, *state);
	telling_ask(&t, "exit", &c);
	expect(&t, "attribute", sim_vm_set_shared(t.vm, c.base, PAGE) == 0);
	check_folds(&t, "attribute", UNMAP_PAGE "@");
	expect(&t, "hole", sim_vm_punch_hole(t.vm, c.base, PAGE) == 0);
	check_folds(&t, "hole", UNMAP_NOTHING "@");
	telling_answer(&t, "completion", &c);
	check_folds(&t, "completion", SET_RIPAS_PAGE UNMAP_NOTHING "@");
	telling_close(&t);
}

/* The completion unmaps the page; the next shared access maps, whatever the attribute says (B45). */
static void without_the_attribute_the_completion_unmaps_the_page(void **state)
{
	struct telling t;
	struct conversion c = { .base = 0x88203000, .top = 0x88204000, .ripas = RMI_EMPTY };

	telling_begin(&t, *state);
	c.ipa = t.s | c.base;
	telling_ask(&t, "exit", &c);
	telling_answer(&t, "completion", &c);
	expect(&t, "touch", c.access == RMM_REALM_DONE && sim_vm_is_private(t.vm, c.base));
	check_folds(&t, "completion and touch", SET_RIPAS_PAGE UNMAP_PAGE "@" TOUCH_SHARED);
	telling_close(&t);
}

/* --- 9: shared to private --- */

/* Scenario 8 in short. */
static void make_shared(struct telling *t)
{
	struct conversion c = { .base = 0x88203000, .top = 0x88204000, .ripas = RMI_EMPTY };

	c.ipa = t->s | c.base;
	telling_ask(t, "make shared", &c);
	expect(t, "make shared", sim_vm_set_shared(t->vm, c.base, PAGE) == 0);
	check_folds(t, "make shared", UNMAP_PAGE "@");
	telling_answer(t, "make shared", &c);
	check_folds(t, "make shared", SET_RIPAS_PAGE UNMAP_NOTHING "@" TOUCH_SHARED);
}

static void a_guest_that_did_not_ask_takes_an_abort_and_the_host_hears_nothing(void **state)
{
	struct sim_exit exit;
	struct telling t;
	char text[256];

	telling_begin(&t, *state);
	make_shared(&t);
	expect(&t, "attribute", sim_vm_set_private(t.vm, 0x88203000, PAGE) == 0);
	snprintf(text, sizeof(text), "%s%s",
		 "UNPROT_UNMAP(RD, S+0x88203000, S+0x88204000, 0, 0) -> 0; X1 = S+0x88204000\n",
		 t.story->fold_shared);
	telling_check(&t, "attribute", text);
	exit = sim_guest_write(t.vm, 0, 0x88203000, 8, 1);
	expect(&t, "touch", exit.kind == SIM_DONE && exit.realm == RMM_REALM_SEA);
	telling_check(&t, "touch", "");
	telling_close(&t);
}

static void a_vmm_that_keeps_the_page_shared_is_asked_by_the_next_access(void **state)
{
	struct conversion c = { 0x88203000, 0x88204000, 0x88203000, RMI_RAM, 99, 0 };
	struct sim_exit exit;
	struct telling t;

	telling_begin(&t, *state);
	make_shared(&t);
	telling_ask(&t, "exit", &c);
	exit = sim_vcpu_run(t.vm, 0);
	expect(&t, "kept shared", c.status == RSI_SUCCESS);
	expect(&t, "kept shared", exit.kind == SIM_MEMORY_FAULT && exit.ret == -EFAULT);
	expect(&t, "kept shared", exit.gpa == 0x88203000 && exit.size == PAGE);
	expect(&t, "kept shared", exit.flags == SIM_FAULT_PRIVATE);
	telling_check(&t, "kept shared", SET_RIPAS_PAGE);
	telling_close(&t);
}

/* --- 10: RIPAS changes --- */

static void a_block_becomes_empty_in_one_piece(void **state)
{
	struct conversion c = { .base = 0x88400000, .top = 0x88600000, .ripas = RMI_EMPTY };
	struct telling t;

	telling_begin(&t, *state);
	telling_ask(&t, "exit", &c);
	expect(&t, "attribute", sim_vm_set_shared(t.vm, c.base, MIB(2)) == 0);
	check_folds(&t, "attribute",
		    DATA_UNMAP("0x88400000", "0x88600000") "0; X1 = 0x88600000, X2 = 0x888400005\n"
							   "RANGE_UNDELEGATE(0x888400000, "
							   "0x888600000) -> 0; X1 = end\n@");
	telling_answer(&t, "completion", &c);
	check_folds(
		&t, "completion",
		"SET_RIPAS(RD, REC0, 0x88400000, 0x88600000) -> 0; X1 = 0x88600000\n" DATA_UNMAP(
			"0x88400000", "0x88600000") NOTHING("0x88600000") "@");
	telling_close(&t);
}

/* (a) makes the table when the RIPAS changes, (b) already when nothing is unmapped. */
static void a_part_of_a_block_needs_a_table(void **state)
{
	static const char unmap[] =
		DATA_UNMAP("0x88a01000", "0x88c00000") NOTHING("0x88c00000") "@";
	static const char set[] =
		"SET_RIPAS(RD, REC0, 0x88a01000, 0x88c00000) -> 0; X1 = 0x88c00000\n";
	struct conversion c = { .base = 0x88a01000, .top = 0x88c00000, .ripas = RMI_EMPTY };
	struct telling t;
	char text[1024];

	telling_begin(&t, *state);
	telling_ask(&t, "exit", &c);
	expect(&t, "attribute", sim_vm_set_shared(t.vm, c.base, c.top - c.base) == 0);
	snprintf(text, sizeof(text), "%s%s",
		 t.story->leaf
			 ? DATA_UNMAP("0x88a01000", "0x88c00000") "0x204\n" NEW_TABLE("0x88a00000")
			 : "",
		 unmap);
	check_folds(&t, "attribute", text);
	telling_tables(&t, "attribute", 0, t.story->leaf);
	telling_answer(&t, "completion", &c);
	snprintf(text, sizeof(text), "%s%s%s",
		 t.story->leaf ? ""
			       : "SET_RIPAS(RD, REC0, 0x88a01000, 0x88c00000) -> 0x204\n" NEW_TABLE(
					 "0x88a00000"),
		 set, unmap);
	check_folds(&t, "completion", text);
	telling_tables(&t, "completion", !t.story->leaf, 0);
	telling_close(&t);
}

static void a_change_over_a_table_and_a_block_is_one_call_or_one_for_each(void **state)
{
	struct conversion c = { .base = 0x88200000, .top = 0x88600000, .ripas = RMI_EMPTY };
	struct telling t;
	bool good;

	telling_begin(&t, *state);
	telling_ask(&t, "exit", &c);
	expect(&t, "attribute", sim_vm_set_shared(t.vm, c.base, MIB(4)) == 0);
	t.f.golden.next = t.f.golden.nr_calls;
	telling_answer(&t, "completion", &c);
	good = golden_check(
		&t.f.golden, "SET_RIPAS",
		t.story->leaf
			? "SET_RIPAS(RD, REC0, 0x88200000, 0x88600000) -> 0; X1 = 0x88400000\n"
			  "SET_RIPAS(RD, REC0, 0x88400000, 0x88600000) -> 0; X1 = 0x88600000\n"
			: "SET_RIPAS(RD, REC0, 0x88200000, 0x88600000) -> 0; X1 = 0x88600000\n",
		"REC_ENTER,DATA_UNMAP,FOLD");
	expect(&t, "completion", good);
	expect(&t, "completion", fixture_walk(t.vm, 0x88204000).ripas == RMI_EMPTY);
	expect(&t, "completion", fixture_walk(t.vm, 0x88400000).ripas == RMI_EMPTY);
	telling_close(&t);
}

/* An RMM that reports another range than it may: [base, top) of the exit, as the host will read it. */
struct bad_range {
	uint64_t base, top;
	const uint8_t *run; /* the run page, once seen */
};

static void report_bad_range(struct golden *g, const struct sim_event *event)
{
	struct bad_range *bad = g->hook_ctx;
	uint8_t *run;

	if (event->kind != SIM_EVENT_RMI_RETURN || !event->rmm->command ||
	    event->rmm->command->fid != RMI_REC_ENTER)
		return;
	run = rmm_host_ptr(sim_world_rmm(g->world), event->rmm->regs_in->x[2], PAGE);
	if (!run || run[RMI_RUN_EXIT_REASON] != RMI_EXIT_RIPAS_CHANGE)
		return;
	memcpy(run + RMI_RUN_EXIT_RIPAS_BASE, &bad->base, 8);
	memcpy(run + RMI_RUN_EXIT_RIPAS_TOP, &bad->top, 8);
	bad->run = run;
}

static void a_range_in_the_shared_half_is_refused_without_a_call(void **state)
{
	const struct story *story = *state;
	const uint64_t s = UINT64_C(1) << (story->ipa_bits - 1);
	struct bad_range rows[] = { { s + 0x88203000, s + 0x88204000, NULL },
				    { s - PAGE, s + PAGE, NULL },
				    { 0x88203000, s + 1, NULL } };
	struct conversion c = { .base = 0x88203000, .top = 0x88204000, .ripas = RMI_EMPTY };
	struct sim_exit exit;
	struct telling t;
	uint64_t flags;
	unsigned i;

	telling_begin(&t, story);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		t.f.golden.hook = report_bad_range;
		t.f.golden.hook_ctx = &rows[i];
		sim_vcpu_program(t.vm, 0, convert_program, &c);
		exit = sim_vcpu_run(t.vm, 0);
		t.f.golden.hook = NULL;
		assert_non_null(rows[i].run);
		memcpy(&flags, rows[i].run + RMI_RUN_ENTER_FLAGS, 8);
		expect(&t, "refused", exit.ret == -EINVAL && flags == 0x10);
		telling_check(&t, "refused", "");
		/* B73: nor is it carried out later; the realm hears that it was rejected. */
		exit = sim_vcpu_run(t.vm, 0);
		expect(&t, "refused", exit.kind == SIM_DONE && c.status == RSI_INCOMPLETE);
		telling_check(&t, "after the refusal", "");
	}
	telling_close(&t);
}

/* --- 11: holes --- */

static void a_hole_where_nothing_was_ever_mapped(void **state)
{
	struct telling t;

	telling_begin(&t, *state);
	expect(&t, "hole", sim_vm_punch_hole(t.vm, 0x88a03000, PAGE) == 0);
	check_folds(
		&t, "hole",
		t.story->leaf
			? DATA_UNMAP("0x88a03000", "0x88a04000") "0x204\n" NEW_TABLE("0x88a00000")
				  DATA_UNMAP("0x88a03000", "0x88a04000") NOTHING("0x88a04000") "@"
			: DATA_UNMAP("0x88a03000", "0x88a04000") NOTHING("0x88a04000") "@");
	telling_tables(&t, "hole", 0, t.story->leaf);
	telling_close(&t);
}

static void a_hole_in_a_block_splits_it(void **state)
{
	struct telling t;

	telling_begin(&t, *state);
	expect(&t, "block",
	       t.f.probe->map_protected(sim_vm_kernel_vcpu(t.vm, 0), 0x88800000, 0x888800000,
					MIB(2)) == 0);
	t.f.golden.next = t.f.golden.nr_calls;
	expect(&t, "hole", sim_vm_punch_hole(t.vm, 0x88803000, PAGE) == 0);
	check_folds(&t, "hole",
		    DATA_UNMAP("0x88803000", "0x88804000") "0x204\n" NEW_TABLE("0x88800000")
			    DATA_UNMAP("0x88803000",
				       "0x88804000") "0; X1 = 0x88804000, X2 = 0x888803004\n"
						     "RANGE_UNDELEGATE(0x888803000, 0x888804000) "
						     "-> 0; X1 = end\n@");
	telling_tables(&t, "hole", 0, 1);
	expect(&t, "neighbour", fixture_walk(t.vm, 0x88802000).hipas == RMM_HIPAS_DATA);
	telling_close(&t);
}

/* The hole's page is mapped anew once and never becomes RAM again: every round after that is one call. */
static void a_robbed_guest_goes_round_in_a_circle_that_can_be_seen(void **state)
{
	const struct golden_call *call;
	struct golden *g;
	struct telling t;
	unsigned i, rounds = 0;

	telling_begin(&t, *state);
	g = &t.f.golden;
	expect(&t, "hole", sim_vm_punch_hole(t.vm, 0x88204000, PAGE) == 0);
	check_folds(&t, "hole",
		    DATA_UNMAP("0x88204000", "0x88205000") "0; X1 = 0x88205000, X2 = 0x888204004\n"
							   "RANGE_UNDELEGATE(0x888204000, "
							   "0x888205000) -> 0; X1 = end\n@");
	expect(&t, "hole", fixture_walk(t.vm, 0x88204000).ripas == RMI_DESTROYED);

	t.f.flawed = true; /* the harness ends what would not end */
	i = g->next;
	sim_guest_read(t.vm, 0, 0x88204000, 8);
	expect(&t, "circle", strstr(sim_violation(t.f.world), "livelock") != NULL);
	for (; i < g->nr_calls; i++) {
		call = &g->calls[i];
		/* B02: each refusal is followed by a look at the entry, which has the page */
		if (golden_is(call, "REC_ENTER") || golden_is(call, "RTT_READ_ENTRY"))
			continue;
		if (rounds == 1)
			expect(&t, "mapped anew",
			       golden_is(call, "DATA_MAP") && !call->out[0] &&
				       call->in[5] == 0x888204004);
		else
			expect(&t, "circle",
			       golden_is(call, "RANGE_DELEGATE") && call->in[1] == 0x888204000 &&
				       call->out[0] == (rounds ? 1 : 0));
		rounds++;
	}
	expect(&t, "circle", rounds > 100);
	telling_close(&t);
}

struct CMUnitTest *ripas_tests(struct CMUnitTest *to)
{
#define TEST(fn)        \
	{               \
#fn, fn \
	}
	static const struct {
		const char *name;
		CMUnitTestFunction fn;
	} tests[] = {
		TEST(a_hole_between_attribute_and_completion_unmaps_nothing_more),
		TEST(without_the_attribute_the_completion_unmaps_the_page),
		TEST(a_guest_that_did_not_ask_takes_an_abort_and_the_host_hears_nothing),
		TEST(a_vmm_that_keeps_the_page_shared_is_asked_by_the_next_access),
		TEST(a_block_becomes_empty_in_one_piece),
		TEST(a_part_of_a_block_needs_a_table),
		TEST(a_change_over_a_table_and_a_block_is_one_call_or_one_for_each),
		TEST(a_range_in_the_shared_half_is_refused_without_a_call),
		TEST(a_hole_where_nothing_was_ever_mapped),
		TEST(a_hole_in_a_block_splits_it),
		TEST(a_robbed_guest_goes_round_in_a_circle_that_can_be_seen),
	};
	unsigned i, k;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		for (k = 0; k < nr_stories; k++)
			to = telling_test(to, tests[i].name, tests[i].fn, &stories[k]);
	return to;
}
