// SPDX-License-Identifier: BSD-2-Clause
/*
 * Golden call sequences: the life of one VM, call by call, against kvm-call-sequences 1 to 13. What the
 * sheet says beside that story is in sequences_start (1, 2, 3, 5), sequences_ripas (8 to 11),
 * sequences_race (12) and sequences_pages (14).
 *
 * 7b's page (one that becomes writable in place) and 12's pages are mapped by plain stores, so that the
 * tear-down of scenario 13 finds exactly the mappings of the sheet.
 */
#include <stdlib.h>

#include "telling.h"

#define PAGE UINT64_C(0x1000)

/* 7a, then the mappings of 7b and 12. */
static void copy_on_write(struct telling *t)
{
	char text[512];

	telling_read(
		t, "zero page", t->s | 0x90005000,
		"UNPROT_MAP(RD, S+0x90005000, S+0x90006000, 0x160001, 0x80000009ffff0004) -> 0;"
		" X1 = S+0x90006000\n");
	snprintf(text, sizeof(text),
		 "UNPROT_UNMAP(RD, S+0x90005000, S+0x90006000, 0, 0) -> 0; X1 = S+0x90006000\n%s"
		 "UNPROT_MAP(RD, S+0x90005000, S+0x90006000, 0x1e0001, 0x8000000910005004) -> 0;"
		 " X1 = S+0x90006000\n",
		 t->story->fold_shared);
	telling_write(t, "copy on write", t->s | 0x90005000, text);
	telling_write(
		t, "7b's page", t->s | 0x90006000,
		"UNPROT_MAP(RD, S+0x90006000, S+0x90007000, 0x1e0001, 0x8000000910006004) -> 0\n");
	telling_write(
		t, "12's shared page", t->s | 0x90008000,
		"UNPROT_MAP(RD, S+0x90008000, S+0x90009000, 0x1e0001, 0x8000000910008004) -> 0\n");
	telling_write(
		t, "12's private page", 0x8820a000,
		"RANGE_DELEGATE(0x88820a000, 0x88820b000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x8820a000, 0x8820b000, 0x1, 0x88820a004) -> 0; X1 = 0x8820b000\n");
}

/* 8 */
static void private_to_shared(struct telling *t)
{
	struct conversion c = { 0x88203000, 0x88204000, t->s | 0x88203000, RMI_EMPTY, 99 };
	char text[1024];

	telling_ask(t, "private to shared: exit", &c);
	expect(t, "private to shared", sim_vm_set_shared(t->vm, 0x88203000, PAGE) == 0);
	snprintf(text, sizeof(text),
		 "DATA_UNMAP(RD, 0x88203000, 0x88204000, 1, 0) -> 0; X1 = 0x88204000, X2 = "
		 "0x888203004\n"
		 "RANGE_UNDELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n%s",
		 t->story->fold_private);
	telling_check(t, "private to shared: attribute", text);
	telling_answer(t, "private to shared", &c);
	snprintf(text, sizeof(text),
		 "RTT_SET_RIPAS(RD, REC0, 0x88203000, 0x88204000) -> 0; X1 = 0x88204000\n"
		 "DATA_UNMAP(RD, 0x88203000, 0x88204000, 1, 0) -> 0; X1 = 0x88204000, X2 = 0\n"
		 "%s"
		 "REC_ENTER(REC0, RUN0) -> 0\n"
		 "UNPROT_MAP(RD, S+0x88203000, S+0x88204000, 0x1e0001, 0x8000000908203004) -> "
		 "0x204\n"
		 "RANGE_DELEGATE(T6, T6+0x1000) -> 0; X1 = end\n"
		 "RTT_CREATE(RD, T6, S+0x88200000, 3) -> 0\n"
		 "UNPROT_MAP(RD, S+0x88203000, S+0x88204000, 0x1e0001, 0x8000000908203004) -> 0;"
		 " X1 = S+0x88204000\n"
		 "REC_ENTER(REC0, RUN0) -> 0\n",
		 t->story->fold_private);
	telling_check_all(t, "private to shared: completion and touch", text);
	telling_tables(t, "private to shared", 1, 0);
}

/* 9 */
static void shared_to_private(struct telling *t)
{
	struct conversion c = { 0x88203000, 0x88204000, 0x88203000, RMI_RAM, 99 };
	char text[512];

	telling_ask(t, "shared to private: exit", &c);
	expect(t, "shared to private", sim_vm_set_private(t->vm, 0x88203000, PAGE) == 0);
	snprintf(text, sizeof(text),
		 "UNPROT_UNMAP(RD, S+0x88203000, S+0x88204000, 0, 0) -> 0; X1 = S+0x88204000\n%s",
		 t->story->fold_shared);
	telling_check(t, "shared to private: attribute", text);
	telling_answer(t, "shared to private", &c);
	telling_check(
		t, "shared to private: completion and touch",
		"RTT_SET_RIPAS(RD, REC0, 0x88203000, 0x88204000) -> 0; X1 = 0x88204000\n"
		"RANGE_DELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x88203000, 0x88204000, 0x1, 0x888203004) -> 0; X1 = 0x88204000\n");
}

/* 10: 2 MiB with nothing in them; 11: the hole of a mapped private page. */
static void block_to_empty_and_hole(struct telling *t)
{
	struct conversion c = { 0x88600000, 0x88800000, 0, RMI_EMPTY, 99 };
	char text[512];

	telling_ask(t, "2 MiB to EMPTY: exit", &c);
	expect(t, "2 MiB to EMPTY", sim_vm_set_shared(t->vm, 0x88600000, 0x200000) == 0);
	snprintf(text, sizeof(text),
		 "DATA_UNMAP(RD, 0x88600000, 0x88800000, 1, 0) -> 0; X1 = 0x88800000, X2 = 0\n%s",
		 t->story->fold_private);
	telling_check(t, "2 MiB to EMPTY: attribute", text);
	telling_answer(t, "2 MiB to EMPTY", &c);
	snprintf(text, sizeof(text),
		 "RTT_SET_RIPAS(RD, REC0, 0x88600000, 0x88800000) -> 0; X1 = 0x88800000\n"
		 "DATA_UNMAP(RD, 0x88600000, 0x88800000, 1, 0) -> 0; X1 = 0x88800000, X2 = 0\n%s",
		 t->story->fold_private);
	telling_check(t, "2 MiB to EMPTY: completion", text);

	expect(t, "hole", sim_vm_punch_hole(t->vm, 0x88204000, PAGE) == 0);
	snprintf(text, sizeof(text),
		 "DATA_UNMAP(RD, 0x88204000, 0x88205000, 1, 0) -> 0; X1 = 0x88205000, X2 = "
		 "0x888204004\n"
		 "RANGE_UNDELEGATE(0x888204000, 0x888205000) -> 0; X1 = end\n%s",
		 t->story->fold_private);
	telling_check(t, "hole", text);
}

static void the_life_of_one_vm(void **state)
{
	struct telling t;

	telling_begin(&t, *state);
	copy_on_write(&t);
	private_to_shared(&t);
	shared_to_private(&t);
	block_to_empty_and_hole(&t);
	telling_tear_down(&t);
	telling_close(&t);
}

/* The line of 25 Jun 2026: fault_ipa=0x10046880000, esr=0x92000007; pfn 0xb8b59. */
static void the_pasted_log_line_gives_the_words_of_that_machine(void **state)
{
	static const struct {
		const char *kernel;
		uint64_t desc;
	} rows[] = { { "v14-posted", 0xb8b59004 }, { NULL, 0x80000000b8b59004 } };
	const struct sim_vm_config config = {
		.ipa_bits = 41,
		.ram_base = 0x40000000,
		.ram_mib = 2048,
	};
	unsigned i;

	for (i = 0; i < 2; i++) {
		const struct golden_call *map;
		struct fixture f = { .flawed = i == 0 };
		struct sim_exit exit;
		uint64_t flags, desc;

		fixture_open(&f, rows[i].kernel, NULL);
		fixture_vm(&f, &config);
		assert_int_equal(sim_vm_place(f.vm, 0x46880000, PAGE, 0xb8b59000, false), 0);
		exit = sim_guest_write(f.vm, 0, 0x10046880000, 8, 1);
		map = golden_last(&f.golden, "UNPROT_MAP");
		assert_non_null(map);
		flags = map->in[4];
		desc = map->in[5];
		assert_int_equal(exit.kind, SIM_DONE);
		fixture_close(&f);
		assert_int_equal(flags, 0x1e0001);
		assert_int_equal(desc, rows[i].desc);
	}
}

struct CMUnitTest *life_tests(struct CMUnitTest *to)
{
	unsigned i;

	for (i = 0; i < nr_stories; i++)
		to = telling_test(to, "the_life_of_one_vm", the_life_of_one_vm, &stories[i]);
	*to++ = (struct CMUnitTest)cmocka_unit_test(
		the_pasted_log_line_gives_the_words_of_that_machine);
	return to;
}

int main(void)
{
	struct CMUnitTest tests[TELLING_MAX_TESTS + 1] = { 0 }, *end = tests;

	if (fixture_page_shift() == 12) {
		end = life_tests(end);
		end = start_tests(end);
		end = ripas_tests(end);
		end = race_tests(end);
	}
	end = page_tests(end);
	return _cmocka_run_group_tests("golden call sequences", tests, (size_t)(end - tests), NULL,
				       NULL);
}
