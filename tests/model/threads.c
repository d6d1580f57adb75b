/* SPDX-License-Identifier: BSD-2-Clause */
/* Many real threads on one model: every call is answered, nothing is lost, no lock stays behind. */
#include <pthread.h>

#include "host.h"

#define THREADS 4
#define ROUNDS  3000
#define PAGES   8

struct worker {
	struct host *h;
	pthread_t thread;
	unsigned id;
	rmm_pa page[PAGES], shared;
	unsigned long mapped, refused;
};

static struct rmm_regs call(struct worker *w, uint64_t fid, uint64_t a, uint64_t b, uint64_t c,
			    uint64_t d, uint64_t e)
{
	struct rmm_regs regs;

	do {
		regs = (struct rmm_regs){ { fid, a, b, c, d, e } };
		rmm_smc(w->h->rmm, w->id, &regs);
	} while (regs.x[0] == RMI_BUSY);
	return regs;
}

/* Everybody wants the shared page at the same IPA; one page each is nobody else's. */
static void fight(struct worker *w, rmm_pa pa, rmm_ipa ipa)
{
	uint64_t rd = w->h->rd;

	if (call(w, RMI_GRANULE_RANGE_DELEGATE, pa, pa + 0x1000, 0, 0, 0).x[0]) {
		w->refused++;
		return;
	}
	if (!call(w, RMI_RTT_DATA_MAP, rd, ipa, ipa + 0x1000, 1, pa | 4).x[0]) {
		w->mapped++;
		call(w, RMI_RTT_DATA_UNMAP, rd, ipa, ipa + 0x1000, 1, 0);
	}
	call(w, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + 0x1000, 0, 0, 0);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		rmm_ipa own = 0x100000 + (w->id * PAGES + i % PAGES) * 0x1000;

		fight(w, w->shared, 0x1000);
		fight(w, w->page[i % PAGES], own);
		/* a table that comes and goes, its page as well */
		if (!call(w, RMI_GRANULE_RANGE_DELEGATE, w->shared + 0x1000, w->shared + 0x2000, 0,
			  0, 0)
			     .x[0]) {
			call(w, RMI_RTT_CREATE, w->h->rd, w->shared + 0x1000, 0x40000000, 2, 0);
			call(w, RMI_RTT_DESTROY, w->h->rd, 0x40000000, 2, 0, 0);
			call(w, RMI_GRANULE_RANGE_UNDELEGATE, w->shared + 0x1000,
			     w->shared + 0x2000, 0, 0, 0);
		}
	}
	return NULL;
}

static void threads_share_a_realm(void **state)
{
	struct worker w[THREADS] = { 0 };
	uint64_t before;
	struct host h;
	rmm_pa shared;

	host_realm(&h, NULL);
	host_tables(&h, 0, 3);
	shared = host_pages(&h, 2);
	before = rmm_delegated(h.rmm);
	for (unsigned i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ .h = &h, .id = i, .shared = shared };
		for (unsigned p = 0; p < PAGES; p++)
			w[i].page[p] = host_pages(&h, 1);
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(w[i].thread, NULL);
		assert_true(w[i].mapped >= ROUNDS); /* its own pages always */
	}
	assert_int_equal(rmm_locks_held(h.rmm), 0);
	assert_int_equal(rmm_delegated(h.rmm), before);
	assert_int_equal(rmm_tables(h.rmm, h.rd), 2);
	host_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(threads_share_a_realm) };

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
