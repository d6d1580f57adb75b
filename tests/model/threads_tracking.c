/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real threads that change tracking regions, granules in them, and the RMM itself: whatever the calls
 * answer, a COARSE region is all alike, what is untracked is the host's, and what one CPU has
 * delegated it can undelegate.
 *
 *	granules of 16 KiB, regions of 32 MiB (or 64 KiB and 512 MiB)
 *	[ R0: the host's, and what is donated ][ R1 ][ R2 ][ R3 ][ ... 512 MiB ]
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "host.h"

#define WORKERS 4
#define ROUNDS  30
#define OPS     200
#define PAGE    UINT64_C(0x4000)
#define CHUNK   (512 * PAGE)
#define REGION  UINT64_C(0x2000000)
#define R(n)    (HOST_BASE + (n)*REGION)
#define PLAY    3 /* regions R1 to R3 */

struct world;

struct worker {
	struct world *w;
	unsigned id;
	uint64_t rng;
	unsigned long done; /* calls that changed something */
	char complaint[120];
};

struct world {
	struct rmm *rmm;
	struct worker worker[WORKERS];
	void (*act)(struct worker *k);
	pthread_barrier_t start;
	unsigned power_cycles;
};

static uint64_t draw(struct worker *k, uint64_t n)
{
	k->rng ^= k->rng << 13;
	k->rng ^= k->rng >> 7;
	k->rng ^= k->rng << 17;
	return (k->rng >> 11) % n;
}

static void complain(struct worker *k, const char *what, uint64_t a, uint64_t b)
{
	if (!k->complaint[0])
		snprintf(k->complaint, sizeof(k->complaint), "worker %u: %s: %#llx %#llx", k->id,
			 what, (unsigned long long)a, (unsigned long long)b);
}

/* One SMC, again as long as it is BUSY. */
static struct rmm_regs call(struct worker *k, uint64_t fid, uint64_t a, uint64_t b, uint64_t c)
{
	struct rmm_regs r;

	for (unsigned tries = 0; tries < 1000000; tries++) {
		r = (struct rmm_regs){ { fid, a, b, c } };
		rmm_smc(k->w->rmm, k->id, &r);
		if (r.x[0] != RMI_BUSY) {
			k->done += !r.x[0];
			return r;
		}
		sched_yield();
	}
	complain(k, "busy for ever", fid, a);
	return r;
}

static void put64(struct worker *k, rmm_pa pa, uint64_t value)
{
	*(volatile uint64_t *)rmm_host_ptr(k->w->rmm, pa, 8) = value;
}

/* In R0: 64 KiB each, so that they are granules of both sizes. */
static rmm_pa own_page(const struct worker *k, unsigned i)
{
	return R(0) + (k->id * 16 + i) * 0x10000;
}

static void move(struct worker *k, rmm_pa base, rmm_pa top, bool delegate)
{
	uint64_t fid = delegate ? RMI_GRANULE_RANGE_DELEGATE : RMI_GRANULE_RANGE_UNDELEGATE;

	for (unsigned i = 0; base < top && i < 8; i++) {
		struct rmm_regs r = call(k, fid, base, top, 0);

		if (r.x[0])
			return;
		if (r.x[1] <= base || r.x[1] > top)
			complain(k, "progress out of range", r.x[1], top);
		base = r.x[1];
	}
}

/* Supplies one granule of R0, or takes back what there is. */
static void finish(struct worker *k, struct rmm_regs r)
{
	uint64_t handle = r.x[1];
	rmm_pa list = own_page(k, 0);

	for (unsigned i = 0; i < 100 && RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE; i++) {
		switch (r.x[0] >> 8 & 3) {
		case RMI_OP_MEM_REQ_DONATE:
			move(k, own_page(k, 2 + i % 8), own_page(k, 2 + i % 8) + PAGE, true);
			put64(k, list, own_page(k, 2 + i % 8) | 1 << 2);
			r = call(k, RMI_OP_MEM_DONATE, handle, list, 1);
			break;
		case RMI_OP_MEM_REQ_RECLAIM:
			r = call(k, RMI_OP_MEM_RECLAIM, handle, list, 8);
			break;
		default:
			r = call(k, RMI_OP_CONTINUE, handle, 0, 0);
			break;
		}
	}
	if (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE)
		complain(k, "an operation without an end", r.x[0], handle);
}

static void set_region(struct worker *k)
{
	unsigned state = RMI_TRACKING_NONE + (unsigned)draw(k, 3);
	struct rmm_regs r = call(k, RMI_GRANULE_TRACKING_SET, R(1 + draw(k, PLAY)), 0, state);

	if (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE)
		finish(k, r);
}

/* A few granules, so that they meet. */
static rmm_pa any_page(struct worker *k)
{
	return R(1 + draw(k, PLAY)) + draw(k, 2) * CHUNK + draw(k, 4) * PAGE;
}

static void make_realm(struct worker *k)
{
	rmm_pa rd = any_page(k), root = any_page(k), params = own_page(k, 1);

	put64(k, params + RMI_PARAMS_S2SZ, 41);
	put64(k, params + RMI_PARAMS_NUM_BPS, 1);
	put64(k, params + RMI_PARAMS_NUM_WPS, 1);
	put64(k, params + RMI_PARAMS_RTT_LEVEL, 1);
	put64(k, params + RMI_PARAMS_RTT_NUM, 1);
	put64(k, params + RMI_PARAMS_RTT_BASE, root);
	move(k, rd, rd + PAGE, true);
	move(k, root, root + PAGE, true);
	if (call(k, RMI_REALM_CREATE, rd, params, 0).x[0])
		return;
	/* Others undelegate nothing of it, and no region of it changes. */
	if (call(k, RMI_REALM_TERMINATE, rd, 0, 0).x[0] ||
	    call(k, RMI_REALM_DESTROY, rd, 0, 0).x[0])
		complain(k, "a realm cannot be destroyed", rd, root);
}

static void work_on_regions(struct worker *k)
{
	rmm_pa region = R(1 + draw(k, PLAY)), pa = any_page(k);

	switch (draw(k, 8)) {
	case 0:
	case 1:
		set_region(k);
		break;
	case 2:
		make_realm(k);
		break;
	case 3:
		move(k, region, region + REGION, draw(k, 2));
		break;
	case 4:
		move(k, region, region + CHUNK, draw(k, 2));
		break;
	case 5:
		call(k, RMI_GRANULE_TRACKING_GET, R(0), R(1 + PLAY), 0);
		break;
	default:
		move(k, pa, pa + PAGE, draw(k, 2));
		break;
	}
}

/*
 * Worker 0 switches the RMM off and on, and the granule size; worker 1 changes what CONFIG_SET reads;
 * the others delegate and undelegate what is theirs.
 */
static void cycle(struct worker *k)
{
	rmm_pa cfg = own_page(&k->w->worker[1], 0);

	if (call(k, RMI_RMM_DEACTIVATE, 0, 0, 0).x[0])
		return;
	for (unsigned i = 0; i < 4; i++)
		call(k, RMI_RMM_CONFIG_SET, cfg, 0, 0);
	if (call(k, RMI_RMM_ACTIVATE, 0, 0, 0).x[0])
		complain(k, "the RMM cannot be activated", 0, 0);
	k->w->power_cycles++;
}

static void delegate_own(struct worker *k)
{
	rmm_pa pa = own_page(k, (unsigned)draw(k, 16)), top = pa + 0x10000;
	struct rmm_regs r = call(k, RMI_GRANULE_RANGE_DELEGATE, pa, top, 0);

	if (r.x[0])
		return;
	if (r.x[1] <= pa || r.x[1] > top)
		complain(k, "progress out of range", pa, r.x[1]);
	for (top = r.x[1]; pa < top && !k->complaint[0]; pa = r.x[1]) {
		r = call(k, RMI_GRANULE_RANGE_UNDELEGATE, pa, top, 0);
		if (r.x[0])
			complain(k, "what was delegated cannot be undelegated", pa, r.x[0]);
	}
}

static void work_on_the_rmm(struct worker *k)
{
	if (k->id == 0) {
		cycle(k);
	} else if (k->id == 1) {
		put64(k, own_page(k, 0) + 8, 1 + draw(k, 2) + 16 * draw(k, 2));
		call(k, RMI_GRANULE_TRACKING_GET, R(0), R(1 + PLAY), 0);
		call(k, RMI_GRANULE_TRACKING_SET, R(1 + draw(k, PLAY)), 0, RMI_TRACKING_COARSE);
	} else {
		delegate_own(k);
	}
}

static void *thread(void *arg)
{
	struct worker *k = arg;

	pthread_barrier_wait(&k->w->start);
	for (unsigned i = 0; i < OPS && !k->complaint[0]; i++)
		k->w->act(k);
	return NULL;
}

static void smc1(struct world *w, uint64_t fid, uint64_t a)
{
	struct rmm_regs r = { { fid, a } };

	rmm_smc(w->rmm, 0, &r);
	assert_hex(r.x[0], 0);
}

/* Of [pa, end), which is one region: its granules are what its state allows. */
static void check_region(struct world *w, rmm_pa pa, rmm_pa end, uint64_t granule, unsigned state)
{
	enum rmm_granule_state first, s;

	rmm_granule_state(w->rmm, pa, &first);
	for (; pa < end; pa += granule) {
		assert_true(rmm_granule_state(w->rmm, pa, &s));
		if (state == RMI_TRACKING_NONE)
			assert_int_equal(s, RMM_UNDELEGATED);
		if (state == RMI_TRACKING_COARSE)
			assert_int_equal(s, first);
	}
}

static void check(struct world *w)
{
	uint64_t granule = PAGE, region = REGION;
	struct rmm_regs r = { { RMI_RMM_CONFIG_GET, R(0) } };

	for (unsigned i = 0; i < WORKERS; i++) {
		if (w->worker[i].complaint[0])
			fail_msg("%s", w->worker[i].complaint);
	}
	assert_int_equal(rmm_locks_held(w->rmm), 0);
	assert_int_equal(rmm_lock_violations(w->rmm), 0);
	assert_int_equal(rmm_open_operations(w->rmm), 0);
	rmm_smc(w->rmm, 0, &r);
	assert_hex(r.x[0], 0);
	if (*(uint64_t *)rmm_host_ptr(w->rmm, R(0) + 8, 8) == 2) {
		granule = 0x10000;
		region = 16 * REGION;
	}
	for (rmm_pa pa = R(0); pa < R(16); pa += region) {
		r = (struct rmm_regs){ { RMI_GRANULE_TRACKING_GET, pa, pa + region } };
		rmm_smc(w->rmm, 0, &r);
		assert_hex(r.x[0], 0);
		check_region(w, pa, pa + region, granule, (unsigned)r.x[2]);
	}
}

static void rounds(void (*act)(struct worker *k), bool power)
{
	struct rmm_profile p = *rmm_profile_find("strict");
	struct rmm_config cfg = { .edition = RMI_BET3,
				  .profile = &p,
				  .granule_shifts = 1u << 14 | 1u << 16,
				  .banks = { { R(0), 16 * REGION } },
				  .nr_banks = 1,
				  .check_locks = true };
	struct world w = { .act = act };
	pthread_t threads[WORKERS];

	p.tracking_granules = 2;
	w.rmm = rmm_new(&cfg, NULL);
	assert_non_null(w.rmm);
	smc1(&w, RMI_RMM_ACTIVATE, 0);
	pthread_barrier_init(&w.start, NULL, WORKERS);
	for (unsigned i = 0; i < WORKERS; i++)
		w.worker[i] = (struct worker){ .w = &w, .id = i, .rng = 77 + i };
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < WORKERS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, thread, &w.worker[i]),
					 0);
		for (unsigned i = 0; i < WORKERS; i++)
			pthread_join(threads[i], NULL);
		check(&w);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		assert_true(w.worker[i].done > ROUNDS);
	assert_true(!power || w.power_cycles > ROUNDS);
	pthread_barrier_destroy(&w.start);
	rmm_free(w.rmm);
}

static void regions_change_under_four_threads(void **state)
{
	rounds(work_on_regions, false);
}

static void the_rmm_goes_off_and_on_under_four_threads(void **state)
{
	rounds(work_on_the_rmm, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(regions_change_under_four_threads),
		TEST(the_rmm_goes_off_and_on_under_four_threads),
	};

	return cmocka_run_group_tests_name("threads_tracking", tests, NULL, NULL);
}
