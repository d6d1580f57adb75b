/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakers and frames that many tables of conditions use. */
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "conditions.h"

void trial_within(struct trial *t, trial_frame *frame)
{
	assert_true(t->nr_frames < MAX_FRAMES);
	t->frames[t->nr_frames++] = frame;
}

void trial_unavailable(struct trial *t)
{
	t->unavailable = true;
}

void trial_address(struct trial *t, unsigned n, rmm_pa pa)
{
	t->x[n] = pa | (t->x[n] & LOW_BITS);
}

/* A REC in the making, in a realm of its own; its handle in *handle. */
static rmm_pa open_operation(struct trial *t, rmm_pa rd, rmm_pa params, uint64_t *handle)
{
	rmm_pa rec = host_delegated(&t->h, 1);
	struct rmm_regs r = smc_regs(&t->h, RMI_REC_CREATE, rd, rec, params);

	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	*handle = r.x[1];
	return rec;
}

rmm_pa trial_owned(struct trial *t)
{
	uint64_t handle;

	return open_operation(t, host_other_realm(&t->h), host_rec_params(&t->h, 0), &handle);
}

#define NR_CONTEXTS 16

/* Returns the handle of the last. */
static uint64_t use_all_contexts(struct trial *t)
{
	rmm_pa rd = host_other_realm(&t->h), params = host_rec_params(&t->h, 0);
	uint64_t handle = 0;

	while (rmm_open_operations(t->h.rmm) < NR_CONTEXTS)
		open_operation(t, rd, params, &handle);
	return handle;
}

void trial_own_entry(struct trial *t, rmm_ipa ipa, int level)
{
	uint64_t size = host_level_size(&t->h, level);
	bool unprotected = ipa >> (t->h.s2sz - 1);
	rmm_pa pa = host_aligned(&t->h, 2 * size);
	uint64_t desc = host_desc(&t->h, pa, level, 2), fid = RMI_RTT_DATA_MAP;

	host_delegate(&t->h, pa, 2 * size);
	/* UNPROT_MAP never yields: the unmap of two entries does. */
	if (unprotected) {
		assert_hex(smc(&t->h, RMI_RTT_UNPROT_MAP, t->h.rd, ipa - size, ipa + size, 1, desc),
			   0);
		fid = RMI_RTT_UNPROT_UNMAP;
		desc = 0;
	}
	t->h.answers[0].label = "budget";
	t->h.answers[0].pick = 1;
	t->h.answers[1].label = "incomplete";
	t->h.answers[1].pick = 1;
	assert_hex(smc(&t->h, fid, t->h.rd, ipa - size, ipa + size, unprotected ? 0 : 1, desc),
		   0x00d); /* INCOMPLETE, no memory */
	memset(t->h.answers, 0, sizeof(t->h.answers));
}

/* Frames */

static void go_on_in_realm(struct host *h, struct rmm_rec *rec)
{
	struct trial *t = h->program_ctx;

	h->program = NULL;
	t->running = rec;
	trial_go_on(t);
}

void within_the_realm(struct trial *t)
{
	if (!t->h.run)
		t->h.run = host_pages(&t->h, 1);
	host_enter(&t->h, 0, go_on_in_realm, t);
}

/*
 * The RD is locked by another CPU: that one waits for the root table, which this one holds while it
 * allocates a new table.
 *
 *	this thread   RTT_CREATE: root locked, allocates -------------- the trial -- root unlocked
 *	the other                   RTT_READ_ENTRY: RD locked, waits for root ------------------ both
 */
struct other_cpu {
	struct trial *t;
	pthread_t thread;
	sem_t waits;
	bool posted;
};

static void other_cpu_waits(struct host *h)
{
	struct other_cpu *other = h->hook_ctx;

	if (!other->posted)
		sem_post(&other->waits);
	other->posted = true;
}

static void *read_root_entry(void *ctx)
{
	struct other_cpu *other = ctx;
	struct host *h = &other->t->h;
	struct rmm_regs regs = { { RMI_RTT_READ_ENTRY, h->rd, 0, (uint64_t)h->start_level } };

	rmm_smc(h->rmm, 2, &regs);
	return NULL;
}

static void go_on_in_alloc(struct host *h)
{
	struct other_cpu *other = h->hook_ctx;

	h->on_alloc = NULL;
	h->on_wait = other_cpu_waits;
	assert_int_equal(pthread_create(&other->thread, NULL, read_root_entry, other), 0);
	sem_wait(&other->waits);
	trial_go_on(other->t);
}

void within_a_lock_of_rd(struct trial *t)
{
	rmm_pa rtt = host_delegated(&t->h, 1);
	struct rmm_regs regs = { { RMI_RTT_CREATE, t->h.rd, rtt, 0,
				   (uint64_t)t->h.start_level + 1 } };
	struct other_cpu other = { .t = t };

	sem_init(&other.waits, 0, 0);
	t->h.hook_ctx = &other;
	t->h.on_alloc = go_on_in_alloc;
	rmm_smc(t->h.rmm, 0, &regs);
	assert_hex(regs.x[0], 0);
	pthread_join(other.thread, NULL);
	t->h.on_wait = NULL;
	sem_destroy(&other.waits);
}

static void go_on_in_choice(struct host *h, const char *label)
{
	if (strcmp(label, "donate-partial"))
		return;
	h->on_choose = NULL;
	trial_go_on(h->hook_ctx);
}

/* How much of a donation it takes is a choice, made while the context is at work. */
void within_a_donation(struct trial *t)
{
	uint64_t handle = use_all_contexts(t);
	rmm_pa list = host_pages(&t->h, 1), page = host_delegated(&t->h, 1);

	host_write64(&t->h, list, host_desc(&t->h, page, 3, 1));
	t->h.hook_ctx = t;
	t->h.on_choose = go_on_in_choice;
	smc_regs(&t->h, RMI_OP_MEM_DONATE, handle, list, 1);
}

/* Breakers */

void break_low_bits(struct trial *t, const struct breaker *b)
{
	t->x[b->arg] |= LOW_BITS;
}

void break_no_memory_at(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, NO_MEMORY_AT);
}

void break_own_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, t->own);
}

void break_spare_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, t->spare);
}

void break_owned_page(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, trial_owned(t));
}

void break_delegate_page(struct trial *t, const struct breaker *b)
{
	host_delegate(&t->h, t->x[b->arg] & ~(uint64_t)LOW_BITS, t->h.page);
}

void break_address(struct trial *t, const struct breaker *b)
{
	trial_address(t, b->arg, b->value);
}

void break_value(struct trial *t, const struct breaker *b)
{
	t->x[b->arg] = b->value;
}

void break_memory(struct trial *t, const struct breaker *b)
{
	t->no_memory = true;
}

void break_memory_resumed(struct trial *t, const struct breaker *b)
{
	t->no_memory_resumed = true;
}

void break_rmm(struct trial *t, const struct breaker *b)
{
	host_reset(&t->h);
}

void break_option(struct trial *t, const struct breaker *b)
{
}

void break_activate_realm(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_REALM_ACTIVATE, t->h.rd), 0);
}

void break_terminate_realm(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_REALM_TERMINATE, t->h.rd), 0);
}

void break_run_rec(struct trial *t, const struct breaker *b)
{
	trial_within(t, within_the_realm);
}

void break_contexts_busy(struct trial *t, const struct breaker *b)
{
	trial_within(t, within_a_donation);
}

void break_contexts_blocked(struct trial *t, const struct breaker *b)
{
	use_all_contexts(t);
}
