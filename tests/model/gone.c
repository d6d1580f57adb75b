/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of a donation, or for a reclaim, is taken away in the middle of the call: at its first, second,
 * ... access. Whatever has been donated or given back by then, nothing is lost.
 */
#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define MEMORY (UINT64_C(1) << 24)
#define NR     16
#define PAGE   UINT64_C(0x1000)
#define NEVER  UINT32_MAX

struct gone {
	struct host h;
	uint8_t *bytes;
	rmm_pa list, rec, pages;
	unsigned left; /* accesses to the list before it is gone */
	bool contig;   /* wanted in one piece */
	struct rmm_profile profile;
};

static void *memory(void *ctx, rmm_pa pa, uint64_t size)
{
	struct gone *g = ctx;

	if ((pa & ~(PAGE - 1)) == g->list && g->left != NEVER) {
		if (!g->left)
			return NULL;
		g->left--;
	}
	return g->bytes + (pa - HOST_BASE);
}

/* REC_CREATE that waits for NR granules; they are donated in `entries` descriptors. */
static struct rmm_regs begin(struct gone *g, const char *profile, unsigned entries)
{
	struct rmm_config cfg = { .memory = memory,
				  .banks = { { HOST_BASE, MEMORY } },
				  .nr_banks = 1 };
	struct host *h = &g->h;
	unsigned each = NR / entries;
	struct rmm_regs r;

	memset(g->bytes, 0, MEMORY);
	g->list = 0;
	g->left = NEVER;
	g->profile = *rmm_profile_find(profile);
	g->profile.rec_granules = NR;
	g->profile.rec_contig = g->contig;
	host_realm(h, &(struct setup){ .custom = &g->profile, .config = &cfg });
	g->rec = host_delegated(h, 1);
	g->pages = host_aligned(h, NR * PAGE);
	h->next = g->pages + NR * PAGE;
	host_delegate(h, g->pages, NR * PAGE);
	r = smc_regs(h, RMI_REC_CREATE, h->rd, g->rec, host_rec_params(h, 0));
	assert_int_equal(RMI_RESULT_MEM(r.x[0]), RMI_OP_MEM_REQ_DONATE);
	g->list = host_pages(h, 1);
	for (unsigned i = 0; i < entries; i++)
		host_write64(h, g->list + 8 * i, host_desc(h, g->pages + i * each * PAGE, 3, each));
	return r;
}

static unsigned donated(struct gone *g)
{
	unsigned n = 0;

	for (unsigned i = 0; i < NR; i++)
		n += host_state(&g->h, g->pages + i * PAGE) == RMM_INTERNAL;
	return n;
}

/* The rest of the donation, page by page, and the end. */
static void finish(struct gone *g, uint64_t handle)
{
	struct host *h = &g->h;

	for (unsigned i = 0; donated(g) < NR; i++) {
		struct rmm_regs r;

		assert_true(i < NR);

		host_write64(h, g->list, host_desc(h, g->pages + donated(g) * PAGE, 3, 1));
		r = smc_regs(h, RMI_OP_MEM_DONATE, handle, g->list, 1);
		assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
		assert_int_equal(r.x[1], 1);
	}
	assert_hex(smc(h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(h, g->rec, REC);
}

/* The same at once. */
static void finish_in_one_piece(struct gone *g, uint64_t handle)
{
	struct host *h = &g->h;

	if (!donated(g)) {
		host_write64(h, g->list, host_desc(h, g->pages, 3, NR));
		assert_int_equal(smc_regs(h, RMI_OP_MEM_DONATE, handle, g->list, 1).x[1], NR);
	}
	assert_hex(smc(h, RMI_OP_CONTINUE, handle, 0), 0);
	assert_state(h, g->rec, REC);
}

static bool donation(struct gone *g, const char *profile, unsigned entries, unsigned accesses)
{
	struct rmm_regs r = begin(g, profile, entries), d;
	uint64_t hash = rmm_state_hash(g->h.rmm);
	bool early;

	g->left = accesses;
	d = smc_regs(&g->h, RMI_OP_MEM_DONATE, r.x[1], g->list, entries);
	early = !g->left;
	g->left = NEVER;
	if (RMI_RESULT_STATUS(d.x[0]) == RMI_INCOMPLETE) {
		/* as much as it has seen of the list */
		assert_int_equal(d.x[1], donated(g));
		assert_true(early || d.x[1] == NR);
		assert_true(!g->contig || d.x[1] == NR || !d.x[1]);
	} else if (rmm_open_operations(g->h.rmm)) {
		assert_hex(d.x[0], RMI_ERROR_INPUT);
		assert_true(early && rmm_state_hash(g->h.rmm) == hash);
	}
	if (g->contig)
		finish_in_one_piece(g, r.x[1]);
	else
		finish(g, r.x[1]);
	host_end(&g->h);
	return early;
}

static void a_list_that_is_gone_donates_what_was_seen_of_it(void **state)
{
	static const char *const profiles[] = { "strict", "bet1-leaf", "tf-rmm-2026-07" };
	struct gone g = { .contig = false };

	g.bytes = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.bytes, MAP_FAILED);
	for (unsigned p = 0; p < 3; p++) {
		for (unsigned entries = 1; entries <= NR; entries *= 4) {
			unsigned n = 0;

			while (donation(&g, profiles[p], entries, n))
				n++;
			assert_true(n > entries);
		}
	}
	munmap(g.bytes, MEMORY);
}

/* CONTIG: the exact total or nothing (12.3). */
static void a_list_that_is_gone_donates_no_part_of_one_piece(void **state)
{
	struct gone g = { .contig = true };

	g.bytes = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.bytes, MAP_FAILED);
	for (unsigned entries = 1; entries <= NR; entries *= 4) {
		unsigned n = 0;

		while (donation(&g, "strict", entries, n))
			n++;
		assert_true(n > entries);
	}
	munmap(g.bytes, MEMORY);
}

static void a_list_that_is_gone_takes_nothing_back_twice(void **state)
{
	static const char *const profiles[] = { "strict", "tf-rmm-2026-07" };
	struct gone g = { .contig = false };

	g.bytes = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.bytes, MAP_FAILED);
	for (unsigned p = 0; p < 2; p++) {
		for (unsigned n = 0, early = 1; early; n++) {
			struct rmm_regs r = begin(&g, profiles[p], 1);

			finish(&g, r.x[1]);
			r = smc_regs(&g.h, RMI_REC_DESTROY, g.rec);
			assert_hex(r.x[0], 0x20d);
			g.left = n;
			assert_int_equal(RMI_RESULT_STATUS(smc(&g.h, RMI_OP_MEM_RECLAIM, r.x[1],
							       g.list, 512)),
					 RMI_INCOMPLETE);
			early = !g.left;
			g.left = NEVER;
			assert_int_equal(donated(&g), 0);
			for (unsigned i = 0; i < NR; i++)
				assert_state(&g.h, g.pages + i * PAGE, DELEGATED);
			assert_hex(smc(&g.h, RMI_OP_CONTINUE, r.x[1], 0), 0);
			assert_state(&g.h, g.rec, DELEGATED);
			host_end(&g.h);
		}
	}
	munmap(g.bytes, MEMORY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_list_that_is_gone_donates_what_was_seen_of_it),
		TEST(a_list_that_is_gone_donates_no_part_of_one_piece),
		TEST(a_list_that_is_gone_takes_nothing_back_twice),
	};

	return cmocka_run_group_tests_name("gone", tests, NULL, NULL);
}
