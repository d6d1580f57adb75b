/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "stats.h"

static void run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct host *h = ctx;

	assert_int_equal(rmm_locks_held(h->rmm), 0);
	if (h->program)
		h->program(h, rec);
}

static unsigned choose(void *ctx, const char *label, unsigned n)
{
	struct host *h = ctx;

	h->asked++;
	if (h->on_choose)
		h->on_choose(h, label);
	for (unsigned i = 0; i < 4 && h->answers[i].label; i++) {
		if (!strcmp(h->answers[i].label, label))
			return h->answers[i].pick < n ? h->answers[i].pick : 0;
	}
	if (h->label && strcmp(h->label, label))
		return 0;
	return h->pick < n ? h->pick : 0;
}

static void *allocate(void *ctx, size_t size)
{
	struct host *h = ctx;

	if (h->on_alloc)
		h->on_alloc(h);
	return h->no_memory ? NULL : calloc(1, size);
}

static void release(void *ctx, void *p, size_t size)
{
	free(p);
}

/* A lock is taken: by another thread, or by nobody who could give it back. */
static void wait_for_lock(void *ctx, rmm_pa granule)
{
	struct host *h = ctx;

	if (h->on_wait)
		h->on_wait(h);
	sched_yield();
}

static void watch(void *ctx, const struct rmm_event *event)
{
	struct host *h = ctx;

	if (h->on_event)
		h->on_event(h, event);
	if (event->kind == RMM_EVENT_RMI_RETURN || event->kind == RMM_EVENT_RSI)
		stats_hit(event->condition, h->profile.name);
	if (event->kind == RMM_EVENT_LOCK_ORDER)
		print_error("%s: %s %#llx taken while %s %#llx is held\n", event->taken->who,
			    event->taken->kind, (unsigned long long)event->taken->pa,
			    event->held->kind, (unsigned long long)event->held->pa);
	if (event->kind == RMM_EVENT_RMI_RETURN)
		__atomic_store_n(&h->condition, event->condition, __ATOMIC_RELAXED);
	else if (event->kind == RMM_EVENT_RSI)
		__atomic_store_n(&h->rsi_condition, event->condition, __ATOMIC_RELAXED);
}

static void new_model(struct host *h)
{
	const char *why = NULL;

	h->rmm = rmm_new(&h->cfg, &why);
	if (!h->rmm)
		fail_msg("rmm_new: %s", why);
}

void host_boot(struct host *h, const struct setup *s)
{
	static const struct setup defaults;
	struct rmm_config cfg = { 0 };
	rmm_pa page;

	s = s ? s : &defaults;
	if (s->config)
		cfg = *s->config;
	*h = (struct host){ .page = UINT64_C(1) << (s->granule_shift ? s->granule_shift : 12) };
	h->profile = s->custom ? *s->custom : *rmm_profile_find(s->profile ? s->profile : "strict");
	h->next = HOST_BASE;
	h->fanout_bits = cfg.fanout_bits;
	cfg.profile = &h->profile;
	cfg.edition = s->edition;
	if (!cfg.nr_banks)
		cfg.banks[cfg.nr_banks++] = (struct rmm_bank){ HOST_BASE, UINT64_C(8) << 30 };
	if (s->planes) {
		cfg.features.max_aux_planes = 3;
		cfg.features.rtt_plane = RMI_RTT_PLANE_AUX_SINGLE;
		cfg.features.s2ap_indirect = true;
	}
	h->on_event = s->on_event;
	h->hook_ctx = s->hook_ctx;
	h->planes = s->planes;
	h->one_tree = s->one_tree;
	cfg.ctx = h;
	cfg.alloc = allocate;
	cfg.free = release;
	cfg.run_realm = run_realm;
	cfg.choose = choose;
	cfg.wait = wait_for_lock;
	cfg.event = watch;
	cfg.check_locks = true;
	h->cfg = cfg;
	new_model(h);
	page = host_pages(h, 1);
	host_write64(h, page + 8, ((unsigned)__builtin_ctzll(h->page) - 12) / 2);
	assert_hex(smc(h, RMI_RMM_CONFIG_SET, page), 0);
	assert_hex(smc(h, RMI_RMM_ACTIVATE), 0);
	assert_int_equal(rmm_granule_size(h->rmm), h->page);
}

void host_reset(struct host *h)
{
	assert_int_equal(rmm_lock_violations(h->rmm), 0);
	rmm_free(h->rmm);
	new_model(h);
}

uint64_t host_level_size(struct host *h, int level)
{
	unsigned shift = (unsigned)__builtin_ctzll(h->page);

	if (!h->fanout_bits)
		return rmi_level_size(shift, level);
	return UINT64_C(1) << (shift + (unsigned)(3 - level) * h->fanout_bits);
}

/* The highest start level whose (at most 16) concatenated tables cover the width. */
static void geometry(struct host *h, bool one_root)
{
	unsigned s = (unsigned)__builtin_ctzll(host_level_size(h, 2) / h->page);

	for (int level = 3; level >= -1; level--) {
		unsigned below = (unsigned)__builtin_ctzll(host_level_size(h, level));

		if (h->s2sz <= below || h->s2sz - below > s + (one_root ? 0 : 4))
			continue;
		h->start_level = level;
		h->roots = h->s2sz - below > s ? 1u << (h->s2sz - below - s) : 1;
		return;
	}
	fail();
}

/* RmiRealmParams with start tables of their own. */
static rmm_pa realm_params(struct host *h, rmm_pa *root)
{
	rmm_pa params = host_pages(h, 1);

	*root = host_aligned(h, h->roots * h->page);
	host_delegate(h, *root, h->roots * h->page);
	host_write64(h, params + RMI_PARAMS_S2SZ, h->s2sz);
	host_write64(h, params + RMI_PARAMS_NUM_BPS, 1);
	host_write64(h, params + RMI_PARAMS_NUM_WPS, 1);
	host_write64(h, params + RMI_PARAMS_RTT_BASE, *root);
	host_write64(h, params + RMI_PARAMS_RTT_LEVEL, (uint64_t)h->start_level);
	host_write64(h, params + RMI_PARAMS_RTT_NUM, h->roots);
	host_write64(h, params + RMI_PARAMS_AUX_PLANES, h->planes);
	host_write64(h, params + RMI_PARAMS_FLAGS1,
		     !h->planes    ? 0
		     : h->one_tree ? RMI_REALM_S2AP_INDIRECT
				   : RMI_REALM_TREE_PER_PLANE);
	for (unsigned i = 0; i < h->planes && !h->one_tree; i++) {
		h->aux_root[i] = host_aligned(h, h->roots * h->page);
		host_delegate(h, h->aux_root[i], h->roots * h->page);
		host_write64(h, params + RMI_PARAMS_AUX_RTT_BASE + 8 * i, h->aux_root[i]);
	}
	return params;
}

void host_prepare_realm(struct host *h, const struct setup *s)
{
	host_boot(h, s);
	h->s2sz = s && s->s2sz ? s->s2sz : 41;
	geometry(h, s && s->one_root);
	h->rd = host_delegated(h, 1);
	h->params = realm_params(h, &h->root);
	host_write64(h, h->params + RMI_PARAMS_FLAGS0, s ? s->flags0 : 0);
	host_write64(h, h->params + RMI_PARAMS_HASH, s ? s->hash : 0);
}

void host_realm(struct host *h, const struct setup *s)
{
	host_prepare_realm(h, s);
	assert_hex(smc(h, RMI_REALM_CREATE, h->rd, h->params), 0);
	h->nr_realms++;
}

rmm_pa host_other_realm(struct host *h)
{
	rmm_pa rd = host_delegated(h, 1), params, root;

	if (!h->s2sz) {
		h->s2sz = 41;
		geometry(h, false);
	}
	params = realm_params(h, &root);
	assert_hex(smc(h, RMI_REALM_CREATE, rd, params), 0);
	h->nr_realms++;
	return rd;
}

void host_end(struct host *h)
{
	assert_int_equal(rmm_locks_held(h->rmm), 0);
	assert_int_equal(rmm_lock_violations(h->rmm), 0);
	rmm_free(h->rmm);
}

rmm_pa host_aligned(struct host *h, uint64_t size)
{
	rmm_pa pa = (h->next + size - 1) / size * size;

	h->next = pa + size;
	return pa;
}

rmm_pa host_pages(struct host *h, unsigned n)
{
	rmm_pa pa = (h->next + h->page - 1) / h->page * h->page;

	h->next = pa + n * h->page;
	return pa;
}

void host_write64(struct host *h, rmm_pa pa, uint64_t value)
{
	uint64_t *p = rmm_host_ptr(h->rmm, pa, 8);

	assert_non_null(p);
	*p = value;
}

uint64_t host_read64(struct host *h, rmm_pa pa)
{
	uint64_t *p = rmm_host_ptr(h->rmm, pa, 8);

	assert_non_null(p);
	return *p;
}

struct rmm_regs smc_n(struct host *h, uint64_t fid, const uint64_t *args, unsigned n)
{
	struct rmm_regs regs = { { fid } };

	for (unsigned i = 0; i < n; i++)
		regs.x[i + 1] = args[i];
	rmm_smc(h->rmm, 0, &regs);
	if (!h->unchecked)
		assert_int_equal(rmm_locks_held(h->rmm), 0);
	return regs;
}

void host_delegate(struct host *h, rmm_pa pa, uint64_t size)
{
	rmm_pa end = pa + size;

	while (pa < end) {
		struct rmm_regs r = smc_regs(h, RMI_GRANULE_RANGE_DELEGATE, pa, end);

		assert_hex(r.x[0], 0);
		assert_true(r.x[1] > pa);
		pa = r.x[1];
	}
}

rmm_pa host_delegated(struct host *h, unsigned n)
{
	rmm_pa pa = host_pages(h, n);

	host_delegate(h, pa, n * h->page);
	return pa;
}

void host_tables(struct host *h, rmm_ipa ipa, int level)
{
	for (int l = h->start_level + 1; l <= level; l++) {
		rmm_ipa base = ipa & ~(host_level_size(h, l - 1) - 1);
		struct rmm_regs r = smc_regs(h, RMI_RTT_READ_ENTRY, h->rd, base, (uint64_t)(l - 1));

		assert_hex(r.x[0], 0);
		if (r.x[2] == RMI_RTTE_TABLE && r.x[1] == (uint64_t)(l - 1))
			continue;
		assert_hex(smc(h, RMI_RTT_CREATE, h->rd, host_delegated(h, 1), base, (uint64_t)l),
			   0);
	}
}

void host_aux_tables(struct host *h, unsigned tree, rmm_ipa ipa, int level)
{
	for (int l = h->start_level + 1; l <= level; l++) {
		rmm_ipa base = ipa & ~(host_level_size(h, l - 1) - 1);

		if (host_aux_entry(h, tree, ipa).level >= l)
			continue;
		assert_hex(smc(h, RMI_RTT_AUX_CREATE, h->rd, host_delegated(h, 1), base,
			       (uint64_t)l, tree),
			   0);
	}
}

uint64_t host_desc(struct host *h, rmm_pa pa, int level, unsigned count)
{
	return pa | (uint64_t)count << 2 | (uint64_t)(3 - level);
}

rmm_pa host_map(struct host *h, rmm_ipa ipa)
{
	rmm_pa pa = host_delegated(h, 1);
	struct rmm_regs r;

	host_tables(h, ipa, 3);
	r = smc_regs(h, RMI_RTT_DATA_MAP, h->rd, ipa, ipa + h->page, 1, host_desc(h, pa, 3, 1));
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + h->page);
	return pa;
}

rmm_pa host_rec_params(struct host *h, uint64_t mpidr)
{
	rmm_pa params = host_pages(h, 1);

	host_write64(h, params + RMI_REC_PARAMS_FLAGS, RMI_REC_RUNNABLE);
	host_write64(h, params + RMI_REC_PARAMS_MPIDR, mpidr);
	return params;
}

rmm_pa host_rec(struct host *h, uint64_t mpidr)
{
	rmm_pa rec = host_delegated(h, 1), list = host_pages(h, 1);
	rmm_pa params = host_rec_params(h, mpidr);
	struct rmm_regs r;

	r = smc_regs(h, RMI_REC_CREATE, h->rd, rec, params);
	while (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE) {
		uint64_t handle = r.x[1];
		unsigned n = (r.x[2] >> 2) & 0x3fff;

		for (unsigned i = 0; i < n; i++)
			host_write64(h, list + 8 * i, host_desc(h, host_delegated(h, 1), 3, 1));
		if (RMI_RESULT_MEM(r.x[0]) == RMI_OP_MEM_REQ_DONATE)
			r = smc_regs(h, RMI_OP_MEM_DONATE, handle, list, n);
		else
			r = smc_regs(h, RMI_OP_CONTINUE, handle, 0);
		r.x[1] = handle;
	}
	assert_hex(r.x[0], 0);
	assert_state(h, rec, REC);
	return rec;
}

void host_activate(struct host *h)
{
	h->rec = host_rec(h, 0);
	h->run = host_pages(h, 1);
	assert_hex(smc(h, RMI_REALM_ACTIVATE, h->rd), 0);
}

uint64_t host_enter(struct host *h, uint64_t flags,
		    void (*program)(struct host *h, struct rmm_rec *rec), void *ctx)
{
	h->program = program;
	h->program_ctx = ctx;
	host_write64(h, h->run + RMI_RUN_ENTER_FLAGS, flags);
	return smc(h, RMI_REC_ENTER, h->rec, h->run);
}

uint64_t host_exit(struct host *h, unsigned offset)
{
	return host_read64(h, h->run + offset);
}

enum rmm_granule_state host_state(struct host *h, rmm_pa pa)
{
	enum rmm_granule_state state;

	assert_true(rmm_granule_state(h->rmm, pa, &state));
	return state;
}

struct rmm_entry host_entry(struct host *h, rmm_ipa ipa)
{
	struct rmm_entry e;

	assert_true(rmm_walk(h->rmm, h->rd, ipa, &e));
	return e;
}

struct rmm_entry host_aux_entry(struct host *h, unsigned tree, rmm_ipa ipa)
{
	struct rmm_entry e;

	assert_true(rmm_walk_tree(h->rmm, h->rd, tree, ipa, &e));
	return e;
}
