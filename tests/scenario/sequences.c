// SPDX-License-Identifier: BSD-2-Clause
/*
 * Golden call sequences: the life of one VM, call by call, against kvm-call-sequences (1-6, 8, 9, 13; of
 * 7a, 10, 11 and 12 what 13's list of mappings needs, with their own lines where the sheet has them).
 *
 * 7b (a page that becomes writable in place) is not run: its page and 12's shared page are mapped by
 * plain stores, so that the tear-down of scenario 13 finds exactly the mappings of the sheet.
 */
#include <stdlib.h>

#include "telling.h"

#define PAGE UINT64_C(0x1000)

static uint64_t field(const struct golden_call *call, unsigned at, unsigned size)
{
	uint64_t value = 0;

	if (call && call->page)
		memcpy(&value, call->page + at, size);
	return value;
}

/* 1: two measured pages. */
static void populate(struct telling *t)
{
	static const uint8_t data[2 * PAGE] = { 1, 2, 3 };
	const struct golden_call *create;
	uint64_t done = 0;

	telling_check(t, "create a VM", "");
	expect(t, "populate",
	       sim_vm_populate(t->vm, STORY_GPA, data, sizeof(data), true, &done) == 0);
	expect(t, "populate", done == sizeof(data));
	telling_check(t, "populate", t->story->populate);
	create = golden_last(&t->f.golden, "REALM_CREATE");
	expect(t, "PAR", field(create, RMI_PARAMS_S2SZ, 8) == t->story->ipa_bits);
	expect(t, "PAR", field(create, RMI_PARAMS_RTT_LEVEL, 8) == t->story->levels);
	expect(t, "PAR", field(create, RMI_PARAMS_RTT_NUM, 4) == t->story->pgd_pages);
	expect(t, "PAR",
	       field(create, RMI_PARAMS_RTT_BASE, 8) == golden_value(&t->f.golden, "PGD"));
	expect(t, "PAR", field(create, RMI_PARAMS_FLAGS0, 8) == 0);
}

/* 2: the lines of one REC; its donated pages are named D0.. (first) or E0... */
static void rec_lines(struct telling *t, FILE *to, unsigned i)
{
	char d = i ? 'E' : 'D';
	unsigned k;

	fprintf(to, "RANGE_DELEGATE(REC%u, REC%u+0x1000) -> 0; X1 = end\n", i, i);
	fprintf(to, "REC_CREATE(RD, REC%u, RP%u) -> 0x%llx; X1 = h%u, X2 = 0x40\n", i, i,
		(unsigned long long)t->story->rec_create, i);
	for (k = 0; k < 16; k++)
		fprintf(to, "RANGE_DELEGATE(%c%u, %c%u+0x1000) -> 0; X1 = end\n", d, k, d, k);
	fprintf(to, "OP_MEM_DONATE(h%u, list%u, 16) -> 0x%llx; X1 = 16, X2 = 0\n", i, i,
		(unsigned long long)t->story->donate);
	fprintf(to, "OP_CONTINUE(h%u, 0) -> 0\n", i);
}

static void check_rec_pages(struct telling *t)
{
	struct golden *g = &t->f.golden;
	unsigned i, n = 0, k;
	char name[8];

	for (i = golden_find(g, 0, "REC_CREATE"); i < g->nr_calls;
	     i = golden_find(g, i + 1, "REC_CREATE")) {
		expect(t, "RP", field(&g->calls[i], RMI_REC_PARAMS_FLAGS, 8) == (n == 0));
		expect(t, "RP", field(&g->calls[i], RMI_REC_PARAMS_MPIDR, 8) == n);
		n++;
	}
	expect(t, "RP", n == 2);
	n = 0;
	for (i = golden_find(g, 0, "OP_MEM_DONATE"); i < g->nr_calls;
	     i = golden_find(g, i + 1, "OP_MEM_DONATE")) {
		for (k = 0; k < 16; k++) {
			snprintf(name, sizeof(name), "%c%u", n ? 'E' : 'D', k);
			expect(t, "donated list",
			       field(&g->calls[i], 8 * k, 8) == (golden_value(g, name) | 4));
		}
		n++;
	}
}

static void activate(struct telling *t, const char *ripas)
{
	struct sim_exit exit;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	rec_lines(t, to, 0);
	rec_lines(t, to, 1);
	fprintf(to, "%sREALM_ACTIVATE(RD) -> 0\n", ripas);
	fclose(to);
	sim_vcpu_program(t->vm, 0, empty_program, NULL);
	exit = sim_vcpu_run(t->vm, 0);
	expect(t, "activate", exit.kind == SIM_DONE);
	telling_check(t, "activate", text);
	check_rec_pages(t);
	free(text);
}

static void read_page(struct telling *t, const char *title, uint64_t ipa, const char *text)
{
	struct sim_exit exit = sim_guest_read(t->vm, 0, ipa, 8);

	expect(t, title, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
	telling_check(t, title, text);
}

static void write_page(struct telling *t, const char *title, uint64_t ipa, const char *text)
{
	struct sim_exit exit = sim_guest_write(t->vm, 0, ipa, 8, ipa);

	expect(t, title, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
	telling_check(t, title, text);
}

/* 3 to 6. */
static void touch(struct telling *t)
{
	void *vcpu = sim_vm_kernel_vcpu(t->vm, 0);

	read_page(t, "cold private fault", 0x88203000,
		  "RANGE_DELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n"
		  "DATA_MAP(RD, 0x88203000, 0x88204000, 0x1, 0x888203004) -> 0x204\n"
		  "RANGE_DELEGATE(T3, T3+0x1000) -> 0; X1 = end\n"
		  "RTT_CREATE(RD, T3, 0x88200000, 3) -> 0\n"
		  "DATA_MAP(RD, 0x88203000, 0x88204000, 0x1, 0x888203004) -> 0; X1 = 0x88204000\n");
	read_page(t, "second private fault", 0x88204000,
		  "RANGE_DELEGATE(0x888204000, 0x888205000) -> 0; X1 = end\n"
		  "DATA_MAP(RD, 0x88204000, 0x88205000, 0x1, 0x888204004) -> 0; X1 = 0x88205000\n");
	assert_non_null(t->f.probe);
	expect(t, "private block",
	       t->f.probe->map_protected(vcpu, 0x88400000, 0x888400000, 0x200000) == 0);
	telling_check(
		t, "private block",
		"RANGE_DELEGATE(0x888400000, 0x888600000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x88400000, 0x88600000, 0x1, 0x888400005) -> 0; X1 = 0x88600000\n");
	write_page(t, "cold shared fault", t->s | 0x90000000, t->story->cold_shared);
}

/* 7a, then the mappings of 7b and 12. */
static void copy_on_write(struct telling *t)
{
	char text[512];

	read_page(t, "zero page", t->s | 0x90005000,
		  "UNPROT_MAP(RD, S+0x90005000, S+0x90006000, 0x160001, 0x80000009ffff0004) -> 0;"
		  " X1 = S+0x90006000\n");
	snprintf(text, sizeof(text),
		 "UNPROT_UNMAP(RD, S+0x90005000, S+0x90006000, 0, 0) -> 0; X1 = S+0x90006000\n%s"
		 "UNPROT_MAP(RD, S+0x90005000, S+0x90006000, 0x1e0001, 0x8000000910005004) -> 0;"
		 " X1 = S+0x90006000\n",
		 t->story->fold_shared);
	write_page(t, "copy on write", t->s | 0x90005000, text);
	write_page(
		t, "7b's page", t->s | 0x90006000,
		"UNPROT_MAP(RD, S+0x90006000, S+0x90007000, 0x1e0001, 0x8000000910006004) -> 0\n");
	write_page(
		t, "12's shared page", t->s | 0x90008000,
		"UNPROT_MAP(RD, S+0x90008000, S+0x90009000, 0x1e0001, 0x8000000910008004) -> 0\n");
	write_page(
		t, "12's private page", 0x8820a000,
		"RANGE_DELEGATE(0x88820a000, 0x88820b000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x8820a000, 0x8820b000, 0x1, 0x88820a004) -> 0; X1 = 0x8820b000\n");
}

/* A change of RIPAS over [base, top), then one access unless ipa is 0. */
struct conversion {
	uint64_t base, top, ipa;
	enum rmi_ripas ripas;
	uint64_t status;
};

static void convert_program(struct sim_guest *guest, void *arg)
{
	struct conversion *c = arg;

	c->status = sim_guest_set_ripas(guest, c->base, c->top, c->ripas);
	if (c->ipa)
		sim_guest_store(guest, c->ipa, 8, 1);
}

/* Start the conversion; it stops at the VMM with a MEMORY_FAULT and no RMI call but REC_ENTER. */
static void ask(struct telling *t, const char *title, struct conversion *c)
{
	struct sim_exit exit;

	sim_vcpu_program(t->vm, 0, convert_program, c);
	exit = sim_vcpu_run(t->vm, 0);
	expect(t, title, exit.kind == SIM_MEMORY_FAULT && exit.ret == -14);
	expect(t, title, exit.gpa == c->base && exit.size == c->top - c->base);
	expect(t, title,
	       exit.flags == (c->ripas == RMI_RAM ? SIM_FAULT_PRIVATE : SIM_FAULT_SHARED));
	telling_check(t, title, "");
}

static void answer(struct telling *t, const char *title, struct conversion *c)
{
	struct sim_exit exit = sim_vcpu_run(t->vm, 0);

	expect(t, title, exit.kind == SIM_DONE && c->status == RSI_SUCCESS);
}

/* 8 */
static void private_to_shared(struct telling *t)
{
	struct conversion c = { 0x88203000, 0x88204000, t->s | 0x88203000, RMI_EMPTY, 99 };
	char text[1024];

	ask(t, "private to shared: exit", &c);
	expect(t, "private to shared", sim_vm_set_shared(t->vm, 0x88203000, PAGE) == 0);
	snprintf(text, sizeof(text),
		 "DATA_UNMAP(RD, 0x88203000, 0x88204000, 1, 0) -> 0; X1 = 0x88204000, X2 = "
		 "0x888203004\n"
		 "RANGE_UNDELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n%s",
		 t->story->fold_private);
	telling_check(t, "private to shared: attribute", text);
	answer(t, "private to shared", &c);
	snprintf(text, sizeof(text),
		 "RTT_SET_RIPAS(RD, REC0, 0x88203000, 0x88204000) -> 0; X1 = 0x88204000\n"
		 "DATA_UNMAP(RD, 0x88203000, 0x88204000, 1, 0) -> 0; X1 = 0x88204000, X2 = 0\n"
		 "%s"
		 "UNPROT_MAP(RD, S+0x88203000, S+0x88204000, 0x1e0001, 0x8000000908203004) -> "
		 "0x204\n"
		 "RANGE_DELEGATE(T6, T6+0x1000) -> 0; X1 = end\n"
		 "RTT_CREATE(RD, T6, S+0x88200000, 3) -> 0\n"
		 "UNPROT_MAP(RD, S+0x88203000, S+0x88204000, 0x1e0001, 0x8000000908203004) -> 0;"
		 " X1 = S+0x88204000\n",
		 t->story->fold_private);
	telling_check(t, "private to shared: completion and touch", text);
}

/* 9 */
static void shared_to_private(struct telling *t)
{
	struct conversion c = { 0x88203000, 0x88204000, 0x88203000, RMI_RAM, 99 };
	char text[512];

	ask(t, "shared to private: exit", &c);
	expect(t, "shared to private", sim_vm_set_private(t->vm, 0x88203000, PAGE) == 0);
	snprintf(text, sizeof(text),
		 "UNPROT_UNMAP(RD, S+0x88203000, S+0x88204000, 0, 0) -> 0; X1 = S+0x88204000\n%s",
		 t->story->fold_shared);
	telling_check(t, "shared to private: attribute", text);
	answer(t, "shared to private", &c);
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

	ask(t, "2 MiB to EMPTY: exit", &c);
	expect(t, "2 MiB to EMPTY", sim_vm_set_shared(t->vm, 0x88600000, 0x200000) == 0);
	snprintf(text, sizeof(text),
		 "DATA_UNMAP(RD, 0x88600000, 0x88800000, 1, 0) -> 0; X1 = 0x88800000, X2 = 0\n%s",
		 t->story->fold_private);
	telling_check(t, "2 MiB to EMPTY: attribute", text);
	answer(t, "2 MiB to EMPTY", &c);
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

	telling_open(&t, *state);
	populate(&t);
	activate(&t, t.story->ripas);
	touch(&t);
	copy_on_write(&t);
	private_to_shared(&t);
	shared_to_private(&t);
	block_to_empty_and_hole(&t);
	telling_tear_down(&t);
	fixture_close(&t.f);
	assert_int_equal(t.bad, 0);
}

/* 2, last paragraph: no populate, so INIT_RIPAS meets no table. */
static void activation_without_populate_builds_tables_down_to_level_2(void **state)
{
	const struct story *story = *state;
	struct telling t;
	char text[512];
	unsigned init;

	telling_open(&t, story);
	sim_vcpu_program(t.vm, 0, empty_program, NULL);
	expect(&t, "activate", sim_vcpu_run(t.vm, 0).kind == SIM_DONE);
	init = golden_find(&t.f.golden, 0, "INIT_RIPAS");
	golden_bind(&t.f.golden, "RD", sim_vm_rd(t.vm));
	t.f.golden.next = init;
	snprintf(text, sizeof(text), "%sREALM_ACTIVATE(RD) -> 0\n", story->ripas_unpopulated);
	telling_check(&t, "activate without populate", text);
	fixture_close(&t.f);
	assert_int_equal(t.bad, 0);
}

/* 3, last paragraph: H2 repeats DATA_MAP after every level. */
static void mapping_into_an_empty_realm_creates_one_level_at_a_time(void **state)
{
	const struct story *story = *state;
	struct telling t;

	telling_open(&t, story);
	/* An empty populate creates the realm and nothing else (1, error rows). */
	expect(&t, "populate nothing", sim_vm_populate(t.vm, STORY_GPA, NULL, 0, true, NULL) == 0);
	expect(&t, "populate nothing",
	       golden_last(&t.f.golden, "REALM_CREATE") ==
		       &t.f.golden.calls[t.f.golden.nr_calls - 1]);
	golden_bind(&t.f.golden, "RD", sim_vm_rd(t.vm));
	t.f.golden.next = t.f.golden.nr_calls;
	assert_non_null(t.f.probe);
	expect(&t, "map",
	       t.f.probe->map_protected(sim_vm_kernel_vcpu(t.vm, 0), 0x88203000, 0x888203000,
					PAGE) == 0);
	telling_check(&t, "map from nothing", story->map_from_nothing);
	fixture_close(&t.f);
	assert_int_equal(t.bad, 0);
}

/* The line of 25 Jun 2026: fault_ipa=0x10046880000, esr=0x92000007; pfn 0xb8b59. */
static void the_pasted_log_line_gives_the_words_of_that_machine(void **state)
{
	static const struct {
		const char *kernel;
		uint64_t desc;
	} rows[] = { { "v14-posted", 0xb8b59004 }, { "4k", 0x80000000b8b59004 } };
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

int main(void)
{
	struct CMUnitTest tests[16] = { 0 };
	static char names[16][96];
	unsigned i, n = 0;

	for (i = 0; i < nr_stories; i++, n++) {
		snprintf(names[n], sizeof(names[n]), "the_life_of_one_vm (%s)", stories[i].name);
		tests[n] = (struct CMUnitTest){ names[n], the_life_of_one_vm, NULL, NULL,
						(void *)&stories[i] };
	}
	for (i = 0; i < 2; i++, n++) {
		snprintf(names[n], sizeof(names[n]),
			 "activation_without_populate_builds_tables_down_to_level_2 (%s)",
			 stories[i].name);
		tests[n] = (struct CMUnitTest){
			names[n], activation_without_populate_builds_tables_down_to_level_2, NULL,
			NULL, (void *)&stories[i]
		};
	}
	for (i = 0; i < 2; i++, n++) {
		snprintf(names[n], sizeof(names[n]),
			 "mapping_into_an_empty_realm_creates_one_level_at_a_time (%s)",
			 stories[i].name);
		tests[n] = (struct CMUnitTest){
			names[n], mapping_into_an_empty_realm_creates_one_level_at_a_time, NULL,
			NULL, (void *)&stories[i]
		};
	}
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(
		the_pasted_log_line_gives_the_words_of_that_machine);
	return _cmocka_run_group_tests("golden call sequences", tests, n, NULL, NULL);
}
