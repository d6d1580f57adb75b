/* SPDX-License-Identifier: BSD-2-Clause */
/* A small host for tests of the model alone: pages, SMCs, a realm, a realm program. */
#ifndef TESTS_MODEL_HOST_H
#define TESTS_MODEL_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <rmisim/rmm.h>

#define HOST_BASE UINT64_C(0x80000000)
#define S41       UINT64_C(0x10000000000) /* unprotected alias of a realm with 41 IPA bits */

struct host {
	struct rmm *rmm;
	struct rmm_profile profile;
	uint64_t page;       /* granule size */
	rmm_pa next;         /* next free page */
	unsigned long asked; /* choices the model asked for */
	unsigned pick;       /* and what it was told, */
	const char *label;   /* if asked for this, NULL: for anything */
	struct {
		const char *label;
		unsigned pick;
	} answers[4]; /* before that: what it is told when asked for this */
	/* the conditions that the last RMI and RSI calls reported, -1: none */
	int condition, rsi_condition;
	/* hooks for the middle of a call; they may call the model again */
	void (*on_choose)(struct host *h, const char *label);
	void (*on_alloc)(struct host *h);
	void (*on_wait)(struct host *h);
	void *hook_ctx;
	void (*on_event)(struct host *h, const struct rmm_event *event);
	bool no_memory; /* every allocation fails */
	bool unchecked; /* no look for forgotten locks after each call: it takes long */
	struct rmm_config cfg;
	unsigned nr_realms;
	/* one realm */
	rmm_pa rd, root, params, rec, run;
	unsigned s2sz;
	int start_level;
	unsigned roots;
	unsigned fanout_bits; /* 0: the architecture's */
	unsigned planes;
	bool one_tree;
	rmm_pa aux_root[3];
	/* the realm's program, called from REC_ENTER */
	void (*program)(struct host *h, struct rmm_rec *rec);
	void *program_ctx;
};

struct setup {
	const char *profile; /* NULL: strict */
	enum rmi_edition edition;
	unsigned granule_shift; /* 0: 12 */
	unsigned s2sz;          /* 0: 41 */
	unsigned hash;
	bool one_root;                   /* no concatenated start tables */
	uint64_t flags0;                 /* of RmiRealmParams */
	unsigned planes;                 /* auxiliary planes, */
	bool one_tree;                   /* with one tree for all: the model has to offer it */
	const struct rmm_config *config; /* what else the model is made of */
	const struct rmm_profile *custom;
	void (*on_event)(struct host *h, const struct rmm_event *event);
	void *hook_ctx; /* of h */
};

/* A model that is configured and ACTIVE; no realm yet. */
void host_boot(struct host *h, const struct setup *s);
/* Drop the model for another one like it in state INIT, with all memory UNDELEGATED and zero. */
void host_reset(struct host *h);
/* host_boot(), and all that REALM_CREATE of h->rd with h->params needs. */
void host_prepare_realm(struct host *h, const struct setup *s);
/* The same with the realm in state NEW. */
void host_realm(struct host *h, const struct setup *s);
/* One more realm in state NEW; returns its RD. h->rd stays the first. */
rmm_pa host_other_realm(struct host *h);
/* Checks that no lock is held, that none was taken against the order, and drops everything. */
void host_end(struct host *h);

/* The model's level size. */
uint64_t host_level_size(struct host *h, int level);

/* n pages of the host's, aligned to their own size; contents zero. */
rmm_pa host_pages(struct host *h, unsigned n);
rmm_pa host_aligned(struct host *h, uint64_t size);
void host_write64(struct host *h, rmm_pa pa, uint64_t value);
uint64_t host_read64(struct host *h, rmm_pa pa);

/* SMC with arguments; returns X0, outputs in h-independent regs. */
struct rmm_regs smc_n(struct host *h, uint64_t fid, const uint64_t *args, unsigned n);
#define smc_regs(h, fid, ...)                                     \
	smc_n(h, fid, (const uint64_t[]){ 0, ##__VA_ARGS__ } + 1, \
	      sizeof((const uint64_t[]){ 0, ##__VA_ARGS__ }) / 8 - 1)
#define smc(h, fid, ...) smc_regs(h, fid, ##__VA_ARGS__).x[0]

void host_delegate(struct host *h, rmm_pa pa, uint64_t size);
/* n pages, DELEGATED. */
rmm_pa host_delegated(struct host *h, unsigned n);
/* RTT_CREATE of every level down to `level` that is missing above ipa. */
void host_tables(struct host *h, rmm_ipa ipa, int level);
/* The same with RTT_AUX_CREATE in the tree of a plane. */
void host_aux_tables(struct host *h, unsigned tree, rmm_ipa ipa, int level);
/* One descriptor word: blocks of `level`, DELEGATED. */
uint64_t host_desc(struct host *h, rmm_pa pa, int level, unsigned count);
/* DATA_MAP one page at ipa (tables made as needed); returns its PA. */
rmm_pa host_map(struct host *h, rmm_ipa ipa);
/* RmiRecMpidr of the REC with this index: affinity 0 has 4 bits. */
static inline uint64_t host_mpidr(uint64_t index)
{
	return (index & 0xf) | index >> 4 << 8;
}
/* A page of RmiRecParams for a runnable REC. */
rmm_pa host_rec_params(struct host *h, uint64_t mpidr);
/* REC_CREATE of a runnable REC, through the whole donation. */
rmm_pa host_rec(struct host *h, uint64_t mpidr);
/* A runnable REC 0 in an ACTIVE realm, with a run page. */
void host_activate(struct host *h);
/* REC_ENTER with a program; returns X0. */
uint64_t host_enter(struct host *h, uint64_t flags,
		    void (*program)(struct host *h, struct rmm_rec *rec), void *ctx);
uint64_t host_exit(struct host *h, unsigned offset); /* a field of the run page */

enum rmm_granule_state host_state(struct host *h, rmm_pa pa);
struct rmm_entry host_entry(struct host *h, rmm_ipa ipa);
struct rmm_entry host_aux_entry(struct host *h, unsigned tree, rmm_ipa ipa);

#define assert_state(h, pa, s) assert_string_equal(rmm_granule_state_name(host_state(h, pa)), #s)
#define assert_hex(a, b)       assert_int_equal((uint64_t)(a), (uint64_t)(b))

#define TEST(f) cmocka_unit_test(f)

#endif
