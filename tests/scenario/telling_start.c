// SPDX-License-Identifier: BSD-2-Clause
/* The golden story: how it begins, kvm-call-sequences 1 to 6, and how a conversion is told. */
#include <stdlib.h>

#include "telling.h"

static uint64_t field(const struct golden_call *call, unsigned at, unsigned size)
{
	uint64_t value = 0;

	if (call && call->page)
		memcpy(&value, call->page + at, size);
	return value;
}

/* What REALM_CREATE was told. */
static void check_params(struct telling *t)
{
	const struct golden_call *create = golden_last(&t->f.golden, "REALM_CREATE");

	expect(t, "PAR", field(create, RMI_PARAMS_S2SZ, 8) == t->story->ipa_bits);
	expect(t, "PAR", field(create, RMI_PARAMS_RTT_LEVEL, 8) == t->story->levels);
	expect(t, "PAR", field(create, RMI_PARAMS_RTT_NUM, 4) == t->story->pgd_pages);
	expect(t, "PAR",
	       field(create, RMI_PARAMS_RTT_BASE, 8) == golden_value(&t->f.golden, "PGD"));
	expect(t, "PAR", field(create, RMI_PARAMS_FLAGS0, 8) == 0);
}

void telling_populate(struct telling *t)
{
	static const uint8_t data[2 * STORY_MAX_PAGE] = { 1, 2, 3 };
	uint64_t done = 0;

	telling_check(t, "create a VM", "");
	expect(t, "populate",
	       sim_vm_populate(t->vm, STORY_GPA, data, 2 * t->page, true, &done) == 0);
	expect(t, "populate", done == 2 * t->page);
	telling_check(t, "populate", t->story->populate);
	check_params(t);
}

/* 2: the lines of one REC; its donated pages are named D0.. (first) or E0... */
static void rec_lines(struct telling *t, FILE *to, unsigned i)
{
	unsigned long long page = t->page;
	char d = i ? 'E' : 'D';
	unsigned k;

	fprintf(to, "RANGE_DELEGATE(REC%u, REC%u+0x%llx) -> 0; X1 = end\n", i, i, page);
	fprintf(to, "REC_CREATE(RD, REC%u, RP%u) -> 0x%llx; X1 = h%u, X2 = 0x40\n", i, i,
		(unsigned long long)t->story->rec_create, i);
	for (k = 0; k < 16; k++)
		fprintf(to, "RANGE_DELEGATE(%c%u, %c%u+0x%llx) -> 0; X1 = end\n", d, k, d, k, page);
	fprintf(to, "%s", i ? t->story->donation1 : t->story->donation0);
}

/* The k-th word of a donation of n granules by REC `rec`, of 16 that it has delegated for it. */
static bool donated_word_is_good(const struct golden *g, unsigned rec, uint64_t word, unsigned k,
				 unsigned n)
{
	char name[16];
	unsigned i;

	/* All 16 in order of allocation; what is offered again are the last ones, in any order. */
	for (i = n == 16 ? k : 16 - n; i < (n == 16 ? k + 1 : 16); i++) {
		snprintf(name, sizeof(name), "%c%u", rec ? 'E' : 'D', i);
		if (word == (golden_value(g, name) | 4))
			return true;
	}
	return false;
}

static void check_rec_pages(struct telling *t)
{
	struct golden *g = &t->f.golden;
	const struct golden_call *call;
	unsigned i, n = 0, k;

	for (i = 0; i < g->nr_calls; i++) {
		call = &g->calls[i];
		if (golden_is(call, "REC_CREATE")) {
			expect(t, "RP", field(call, RMI_REC_PARAMS_FLAGS, 8) == (n == 0));
			expect(t, "RP", field(call, RMI_REC_PARAMS_MPIDR, 8) == n);
			n++;
		}
		if (!golden_is(call, "OP_MEM_DONATE"))
			continue;
		for (k = 0; k < call->in[3]; k++)
			expect(t, "donated list",
			       donated_word_is_good(g, n - 1, field(call, 8 * k, 8), k,
						    (unsigned)call->in[3]));
	}
	expect(t, "RP", n == 2);
}

void telling_activate(struct telling *t, const char *create, const char *ripas)
{
	struct sim_exit exit;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	fprintf(to, "%s", create);
	rec_lines(t, to, 0);
	rec_lines(t, to, 1);
	fprintf(to, "%sREALM_ACTIVATE(RD) -> 0\n", ripas);
	fprintf(to, "REC_ENTER(REC0, RUN0) -> 0\n");
	fclose(to);
	sim_vcpu_program(t->vm, 0, empty_program, NULL);
	exit = sim_vcpu_run(t->vm, 0);
	expect(t, "activate", exit.kind == SIM_DONE);
	telling_check_all(t, "activate", text);
	check_params(t);
	check_rec_pages(t);
	free(text);
}

void telling_read(struct telling *t, const char *title, uint64_t ipa, const char *text)
{
	struct sim_exit exit = sim_guest_read(t->vm, 0, ipa, 8);

	expect(t, title, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
	telling_check(t, title, text);
}

void telling_write(struct telling *t, const char *title, uint64_t ipa, const char *text)
{
	struct sim_exit exit = sim_guest_write(t->vm, 0, ipa, 8, ipa);

	expect(t, title, exit.kind == SIM_DONE && exit.realm == RMM_REALM_DONE);
	telling_check(t, title, text);
}

void telling_touch(struct telling *t)
{
	void *vcpu = sim_vm_kernel_vcpu(t->vm, 0);
	int min = t->story->levels ? 2 : 3; /* one less than there are levels */

	t->f.golden.cache_tables = t->f.golden.atomic_tables = 0;
	telling_read(
		t, "cold private fault", 0x88203000,
		"RANGE_DELEGATE(0x888203000, 0x888204000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x88203000, 0x88204000, 0x1, 0x888203004) -> 0x204\n"
		"RANGE_DELEGATE(T3, T3+0x1000) -> 0; X1 = end\n"
		"RTT_CREATE(RD, T3, 0x88200000, 3) -> 0\n"
		"DATA_MAP(RD, 0x88203000, 0x88204000, 0x1, 0x888203004) -> 0; X1 = 0x88204000\n");
	telling_tables(t, "cold private fault", 1, 0);
	expect(t, "memory cache", t->f.golden.cache_min == min && t->f.golden.cache_filled == 40);
	telling_read(
		t, "second private fault", 0x88204000,
		"RANGE_DELEGATE(0x888204000, 0x888205000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x88204000, 0x88205000, 0x1, 0x888204004) -> 0; X1 = 0x88205000\n");
	assert_non_null(t->f.probe);
	expect(t, "private block",
	       t->f.probe->map_protected(vcpu, 0x88400000, 0x888400000, 0x200000) == 0);
	telling_check(
		t, "private block",
		"RANGE_DELEGATE(0x888400000, 0x888600000) -> 0; X1 = end\n"
		"DATA_MAP(RD, 0x88400000, 0x88600000, 0x1, 0x888400005) -> 0; X1 = 0x88600000\n");
	telling_tables(t, "second page and block", 0, 0);
	telling_write(t, "cold shared fault", t->s | 0x90000000, t->story->cold_shared);
	telling_tables(t, "cold shared fault", (unsigned)min, 0);
}

void telling_begin(struct telling *t, const struct story *story)
{
	telling_open(t, story);
	telling_populate(t);
	telling_activate(t, "", story->ripas);
	telling_touch(t);
}

void convert_program(struct sim_guest *guest, void *arg)
{
	struct conversion *c = arg;

	c->status = sim_guest_set_ripas(guest, c->base, c->top, c->ripas);
	if (c->ipa)
		c->access = sim_guest_store(guest, c->ipa, 8, 1);
}

void telling_ask(struct telling *t, const char *title, struct conversion *c)
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

void telling_answer(struct telling *t, const char *title, struct conversion *c)
{
	struct sim_exit exit = sim_vcpu_run(t->vm, 0);

	expect(t, title, exit.kind == SIM_DONE && c->status == RSI_SUCCESS);
}
