/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Overlay indices and what planes may do (rmm-state-machines 13; A5.6.11, B4.5.76): RTT_SET_S2AP,
 * permissions of plane n, its own tree, base permissions of unprotected memory.
 */
#include <string.h>

#include "host.h"

#define RUN   UINT64_C(0x3ffff000) /* RsiPlaneRun: mapped RAM */
#define A     UINT64_C(0x40000000) /* RAM, behind it */
#define INDEX 5

/* What the realm does in its next entries, and how that ended. */
struct step {
	bool smc;
	struct rmm_regs regs;
	struct rmm_access a;
	enum rmm_realm_result result;
};

static void take_step(struct host *h, struct rmm_rec *rec)
{
	struct step *s = h->program_ctx;

	s->result = s->smc ? rmm_realm_smc(h->rmm, rec, &s->regs)
			   : rmm_realm_access(h->rmm, rec, &s->a);
}

static enum rmm_realm_result go(struct host *h, struct step *s)
{
	assert_hex(host_enter(h, 0, take_step, s), 0);
	return s->result;
}

static enum rmm_realm_result rsi(struct host *h, struct step *s, uint64_t fid, uint64_t x1,
				 uint64_t x2, uint64_t x3)
{
	*s = (struct step){ true, .regs = { { fid, x1, x2, x3 } } };
	return go(h, s);
}

static void init_ripas(struct host *h, rmm_ipa base, rmm_ipa top)
{
	while (base < top) {
		struct rmm_regs r = smc_regs(h, RMI_RTT_INIT_RIPAS, h->rd, base, top);

		assert_hex(r.x[0], 0);
		base = r.x[1];
	}
}

/* An ACTIVE realm with RUN and `pages` pages from A on. */
static void boot(struct host *h, const struct setup *s, unsigned pages)
{
	host_realm(h, s);
	host_map(h, RUN);
	init_ripas(h, RUN, A);
	for (unsigned i = 0; i < pages; i++)
		host_map(h, A + i * h->page);
	if (pages)
		init_ripas(h, A, A + pages * h->page);
	host_activate(h);
}

static const struct setup trees = { .planes = 2 };
static const struct setup one_tree = { .planes = 3, .one_tree = true };

/* The realm asks for an index on [base, top). */
static void ask_for(struct host *h, rmm_ipa base, rmm_ipa top, unsigned index)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_MEM_SET_PERM_INDEX, base, top, index), RMM_REALM_EXIT);
	assert_hex(host_exit(h, RMI_RUN_EXIT_REASON), RMI_EXIT_S2AP_CHANGE);
}

static void ask(struct host *h, rmm_ipa base, rmm_ipa top)
{
	ask_for(h, base, top, INDEX);
}

/* The next entry: what RSI_MEM_SET_PERM_INDEX returns to the realm. */
static struct rmm_regs finish(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t flags)
{
	struct step s = { true, .regs = { { RSI_MEM_SET_PERM_INDEX, base, top, INDEX } } };

	assert_hex(host_enter(h, flags, take_step, &s), 0);
	assert_int_equal(s.result, RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
	return s.regs;
}

static struct rmm_regs set_s2ap(struct host *h, rmm_ipa base, rmm_ipa top)
{
	return smc_regs(h, RMI_RTT_SET_S2AP, h->rd, h->rec, base, top);
}

static void give_value(struct host *h, unsigned plane, unsigned index, uint64_t value)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_MEM_SET_PERM_VALUE, plane, index, value), RMM_REALM_DONE);
	assert_hex(s.regs.x[0], RSI_SUCCESS);
}

static void enter_plane(struct host *h, unsigned n)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_PLANE_ENTER, n, RUN, 0), RMM_REALM_PLANE);
}

static void leave_plane(struct host *h)
{
	struct step s;

	assert_int_equal(rsi(h, &s, RSI_VERSION, 0, 0, 0), RMM_REALM_PLANE);
}

static uint64_t plane_exit(struct host *h, unsigned offset)
{
	return host_read64(h, host_entry(h, RUN).pa + offset);
}

/*
 *	           A              +3
 *	primary   [ 5 ][ 5 ][ 5 ][ 0 ]
 *	tree 1    [ 5 ][ 5 ][ 5 ][ 0 ]
 *	tree 2    [ 5 ][ 5 ][ 5 ][ 0 ]
 */
static void an_index_is_set_in_every_tree(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &trees, 2); /* the third is VOID */
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 2, A, 3);
	ask(&h, A, A + 0x3000);
	r = set_s2ap(&h, A, A + 0x3000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x3000);
	assert_hex(r.x[2], 0);
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned tree = 0; tree < 3; tree++)
			assert_int_equal(host_aux_entry(&h, tree, A + i * 0x1000).s2ap,
					 i < 3 ? INDEX : 0);
		assert_int_equal(host_entry(&h, A + i * 0x1000).hipas,
				 i < 2 ? RMM_HIPAS_DATA : RMM_VOID);
	}
	/* RSI_MEM_SET_PERM_INDEX returns what was done */
	r = finish(&h, A, A + 0x3000, 0);
	assert_hex(r.x[1], A + 0x3000);
	assert_hex(r.x[2], RSI_ACCEPT);
	host_end(&h);
}

static void a_request_is_carried_out_in_pieces(void **state)
{
	struct host h;

	boot(&h, &one_tree, 4);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], RMI_ERROR_INPUT); /* nothing was asked for */
	ask(&h, A, A + 0x4000);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x2000).x[0], RMI_ERROR_INPUT);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[1], A + 0x1000);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], RMI_ERROR_INPUT);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x5000).x[0], RMI_ERROR_INPUT);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x3000).x[1], A + 0x3000);
	assert_int_equal(host_entry(&h, A + 0x2000).s2ap, INDEX);
	assert_int_equal(host_entry(&h, A + 0x3000).s2ap, 0);
	assert_hex(finish(&h, A, A + 0x4000, 0).x[1], A + 0x3000);
	/* the request ended with the entry */
	assert_hex(set_s2ap(&h, A + 0x3000, A + 0x4000).x[0], RMI_ERROR_INPUT);
	host_end(&h);
}

/* X1 and X2 tell which entry of which tree the host has to make a table for. */
static void an_entry_that_crosses_the_range_is_named(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &trees, 1);
	ask(&h, A, A + 0x1000);
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x107);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 1);
	host_aux_tables(&h, 1, A, 3);
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x107);
	assert_hex(r.x[2], 2);
	host_aux_tables(&h, 2, A, 2);
	r = set_s2ap(&h, A, A + 0x1000);
	assert_hex(r.x[0], 0x207);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 2);
	assert_int_equal(host_entry(&h, A).s2ap, 0);
	host_aux_tables(&h, 2, A, 3);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], 0);
	host_end(&h);
	/* the primary tree: an entry of level 2 around base, then around top */
	boot(&h, &one_tree, 0);
	host_tables(&h, A, 2);
	ask(&h, A + 0x1000, A + 0x201000);
	r = set_s2ap(&h, A + 0x1000, A + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A);
	assert_hex(r.x[2], 0);
	host_tables(&h, A, 3);
	r = set_s2ap(&h, A + 0x1000, A + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A + 0x200000);
	/* without the end of it */
	r = set_s2ap(&h, A + 0x1000, A + 0x200000);
	assert_hex(r.x[0], 0);
	assert_int_equal(host_entry(&h, A + 0x1ff000).s2ap, INDEX);
	assert_int_equal(host_entry(&h, A).s2ap, 0);
	host_end(&h);
}

/* An entry that has the index already may cross the range. */
static void an_entry_with_the_index_is_passed(void **state)
{
	struct host h;

	boot(&h, &one_tree, 0);
	host_tables(&h, A, 2);
	ask(&h, A, A + 0x200000);
	assert_hex(set_s2ap(&h, A, A + 0x200000).x[0], 0);
	assert_int_equal(host_entry(&h, A).level, 2);
	finish(&h, A, A + 0x200000, 0);
	ask(&h, A + 0x1000, A + 0x3000);
	assert_hex(set_s2ap(&h, A + 0x1000, A + 0x3000).x[1], A + 0x3000);
	assert_int_equal(host_entry(&h, A).level, 2);
	host_end(&h);
}

static void a_large_entry_and_small_ones_change_together(void **state)
{
	struct host h;

	/* tree 1: one entry for all the 2 MiB; tree 2 and the primary one: 512 */
	boot(&h, &trees, 1);
	host_aux_tables(&h, 1, A, 2);
	host_aux_tables(&h, 2, A, 3);
	ask(&h, A, A + 0x400000);
	host_tables(&h, A + 0x200000, 3);
	host_aux_tables(&h, 1, A + 0x200000, 3);
	host_aux_tables(&h, 2, A + 0x200000, 2);
	assert_hex(set_s2ap(&h, A, A + 0x400000).x[1], A + 0x400000);
	for (unsigned tree = 0; tree < 3; tree++) {
		assert_int_equal(host_aux_entry(&h, tree, A).s2ap, INDEX);
		assert_int_equal(host_aux_entry(&h, tree, A + 0x3ff000).s2ap, INDEX);
		assert_int_equal(host_aux_entry(&h, tree, A - 0x1000).s2ap, 0);
	}
	host_end(&h);
	/* a table a call */
	boot(&h, &(struct setup){ .planes = 1, .profile = "bet1-leaf" }, 1);
	host_tables(&h, A + 0x200000, 3);
	host_aux_tables(&h, 1, A, 2);
	ask(&h, A, A + 0x400000);
	assert_hex(set_s2ap(&h, A, A + 0x400000).x[1], A + 0x200000);
	assert_hex(set_s2ap(&h, A + 0x200000, A + 0x400000).x[1], A + 0x400000);
	host_end(&h);
}

/* An index belongs to the address: maps, unmaps and tables leave it. */
static void an_index_stays_with_its_address(void **state)
{
	struct host h;
	rmm_pa pa;

	boot(&h, &one_tree, 1);
	ask(&h, A, A + 0x1000);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], 0);
	pa = host_entry(&h, A).pa;
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, A, A + 0x1000, 0, 0), 0);
	assert_int_equal(host_entry(&h, A).s2ap, INDEX);
	assert_hex(smc(&h, RMI_RTT_DATA_MAP, h.rd, A, A + 0x1000, RMI_ADDR_SINGLE,
		       host_desc(&h, pa, 3, 1)),
		   0);
	assert_int_equal(host_entry(&h, A).s2ap, INDEX);
	assert_hex(smc(&h, RMI_RTT_DATA_UNMAP, h.rd, A, A + 0x1000, 0, 0), 0);
	/* 10.4: all entries of a table have the same S2AP fields, or it is not homogeneous */
	assert_hex(smc(&h, RMI_RTT_FOLD, h.rd, A, 3), 0x304);
	host_end(&h);
}

static void access_in_plane_1(struct host *h, struct step *s, rmm_ipa ipa, bool write, bool fetch)
{
	*s = (struct step){ .a = { .ipa = ipa,
				   .size = 4,
				   .isv = true,
				   .write = write,
				   .fetch = fetch,
				   .va = 0x1230 } };
	enter_plane(h, 1);
	go(h, s);
}

/* Values of RsiMemPermValue (rmm-commands Part 9): r, w, x of any privilege. */
static void a_permission_value_says_what_a_plane_may_do(void **state)
{
	static const struct {
		unsigned value;
		const char *may;
	} rows[] = { { 0, "" },    { 2, "r" },    { 3, "r" },    { 4, "w" },   { 6, "r" },
		     { 7, "r" },   { 8, "r" },    { 9, "rx" },   { 10, "rx" }, { 11, "rx" },
		     { 12, "rw" }, { 13, "rwx" }, { 14, "rwx" }, { 15, "rwx" } };
	static const char kinds[] = "rwx";
	struct host h;
	struct step s;

	boot(&h, &one_tree, sizeof(rows) / sizeof(rows[0]));
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rmm_ipa ipa = A + i * 0x1000;

		give_value(&h, 1, i + 1, rows[i].value);
		ask_for(&h, ipa, ipa + 0x1000, i + 1);
		assert_hex(set_s2ap(&h, ipa, ipa + 0x1000).x[0], 0);
		go(&h, &(struct step){ true, .regs = { { RSI_MEM_SET_PERM_INDEX } } });
		for (unsigned k = 0; k < 3; k++) {
			bool may = strchr(rows[i].may, kinds[k]);

			access_in_plane_1(&h, &s, ipa, k == 1, k == 2);
			assert_int_equal(s.result, may ? RMM_REALM_DONE : RMM_REALM_PLANE);
			if (may) {
				leave_plane(&h);
				continue;
			}
			/* to plane 0: permission fault, level 3 */
			assert_hex(plane_exit(&h, RSI_PLANE_EXIT_REASON), RSI_PLANE_EXIT_SYNC);
			assert_hex(plane_exit(&h, RSI_PLANE_EXIT_ESR) & 0x3f, 0x0f);
			assert_hex(plane_exit(&h, RSI_PLANE_EXIT_ESR) >> 26, k == 2 ? 0x20 : 0x24);
			assert_hex(plane_exit(&h, RSI_PLANE_EXIT_ESR) >> 6 & 1, k == 1);
			assert_hex(plane_exit(&h, RSI_PLANE_EXIT_FAR), 0x1230);
			assert_hex(plane_exit(&h, RSI_PLANE_EXIT_HPFAR), ipa >> 8);
		}
	}
	/* plane 0 may always, another plane has values of its own */
	s = (struct step){ .a = { .ipa = A, .size = 4, .write = true, .value = 7 } };
	assert_int_equal(go(&h, &s), RMM_REALM_DONE);
	enter_plane(&h, 2);
	assert_int_equal(go(&h, &s), RMM_REALM_PLANE);
	host_end(&h);
}

/* The permission of a plane's access is that of the entry in its own tree. */
static void a_plane_sees_what_its_own_tree_maps(void **state)
{
	struct host h;
	struct step s;

	boot(&h, &trees, 2);
	give_value(&h, 1, INDEX, 12);
	ask(&h, A, A + 0x1000);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 2, A, 3);
	assert_hex(set_s2ap(&h, A, A + 0x1000).x[0], 0);
	finish(&h, A, A + 0x1000, 0);
	/* not mapped: the host's, with the tree and the level of its walk; no syndrome (OP-39) */
	access_in_plane_1(&h, &s, A, true, false);
	assert_int_equal(s.result, RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_REASON), RMI_EXIT_SYNC);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_RTT_TREE), 1);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x90000007);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_HPFAR), A >> 8);
	s.a.value = 0x1234;
	assert_hex(smc(&h, RMI_RTT_AUX_PROT_MAP, h.rd, A, A + 0x2000, 1), 0);
	assert_int_equal(go(&h, &s), RMM_REALM_DONE);
	/* mapped, but without an index that permits it */
	s.a.ipa = A + 0x1000;
	assert_int_equal(go(&h, &s), RMM_REALM_PLANE);
	assert_hex(plane_exit(&h, RSI_PLANE_EXIT_ESR) & 0x3f, 0x0f);
	/* plane 0 reads what plane 1 wrote; plane 2 has no mapping */
	s = (struct step){ .a = { .ipa = A, .size = 4 } };
	assert_int_equal(go(&h, &s), RMM_REALM_DONE);
	assert_hex(s.a.value, 0x1234);
	enter_plane(&h, 2);
	assert_int_equal(go(&h, &s), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_RTT_TREE), 2);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR), 0x90000007);
	/* what is not mapped in the primary tree is no matter of plane 2's */
	s.a.ipa = RUN - 0x1000;
	assert_int_equal(go(&h, &s), RMM_REALM_PLANE); /* EMPTY */
	host_end(&h);
}

#define S32 (UINT64_C(1) << 32)

/* W = 33: see tests/model/aux.c. Unprotected memory comes through the plane's tree too. */
static void unprotected_memory_of_a_plane_is_its_own_trees(void **state)
{
	static const struct setup s33 = { .planes = 1, .s2sz = 33 };
	struct host h;
	struct step s;
	rmm_pa ns;

	boot(&h, &s33, 0);
	ns = host_aligned(&h, 0x200000);
	/* read only: bit 1 of s2ap */
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S32, S32 + 0x200000, 1 | 2 << 19,
		       host_desc(&h, ns, 2, 1)),
		   0);
	access_in_plane_1(&h, &s, S32 + 8, false, false);
	assert_int_equal(s.result, RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_RTT_TREE), 1);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR) & 0x3f, 0x06);
	assert_hex(smc(&h, RMI_RTT_AUX_UNPROT_MAP, h.rd, S32, S32 + 0x200000, 1), 0);
	host_write64(&h, ns + 8, 0x55);
	assert_int_equal(go(&h, &s), RMM_REALM_DONE);
	assert_hex(s.a.value, 0x55);
	s.a.write = true;
	assert_int_equal(go(&h, &s), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_RTT_TREE), 1);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_ESR) & 0x7f, 0x4e);
	leave_plane(&h);
	assert_int_equal(go(&h, &s), RMM_REALM_EXIT);
	assert_hex(host_exit(&h, RMI_RUN_EXIT_RTT_TREE), 0);
	host_end(&h);
}

/* RmiRttS2APBase: 0 none, 1 RO, 2 WO, 3 RW, 4 RW and execute, which unprotected memory never is. */
static void the_indirect_encoding_names_a_base_permission(void **state)
{
	static const char *const may[] = { "", "r", "w", "rw", "rw" };
	struct rmm_regs r;
	struct host h;
	struct step s;
	rmm_pa ns;

	boot(&h, &one_tree, 0);
	host_tables(&h, S41, 3);
	ns = host_pages(&h, 8);
	for (uint64_t base = 0; base < 16; base++) {
		rmm_ipa ipa = S41 + base * 0x1000;
		uint64_t x0 = smc(&h, RMI_RTT_UNPROT_MAP, h.rd, ipa, ipa + 0x1000, 1 | base << 19,
				  host_desc(&h, ns, 3, 1));

		assert_hex(x0, base < 5 ? 0 : RMI_ERROR_INPUT);
		if (base >= 5)
			continue;
		r = smc_regs(&h, RMI_RTT_READ_ENTRY, h.rd, ipa, 3);
		assert_hex(r.x[3], ns | (base & 3) << 6 | base >> 2 << 53);
		for (unsigned k = 0; k < 2; k++) {
			s = (struct step){
				.a = { .ipa = ipa, .size = 4, .isv = true, .write = k }
			};
			go(&h, &s);
			assert_int_equal(s.result, strchr(may[base], "rw"[k]) ? RMM_REALM_DONE
									      : RMM_REALM_EXIT);
		}
		s.a = (struct rmm_access){ .ipa = ipa, .size = 4, .fetch = true };
		assert_int_equal(go(&h, &s), RMM_REALM_SEA);
	}
	host_end(&h);
	/* direct: two bits */
	boot(&h, &trees, 0);
	host_tables(&h, S41, 3);
	assert_hex(smc(&h, RMI_RTT_UNPROT_MAP, h.rd, S41, S41 + 0x1000, 1 | 4 << 19,
		       host_desc(&h, ns, 3, 1)),
		   RMI_ERROR_INPUT);
	host_end(&h);
}

static void answer(struct host *h, unsigned budget, bool incomplete)
{
	memset(h->answers, 0, sizeof(h->answers));
	if (!budget)
		return;
	h->answers[0].label = "budget";
	h->answers[0].pick = budget;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = incomplete;
}

static void a_change_may_stop_early_or_be_incomplete(void **state)
{
	struct rmm_regs r;
	struct host h;

	boot(&h, &trees, 4);
	host_aux_tables(&h, 1, A, 2);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 2, A, 3);
	ask(&h, A, A + 0x4000);
	answer(&h, 1, false);
	r = set_s2ap(&h, A, A + 0x4000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x1000);
	answer(&h, 1, true);
	r = set_s2ap(&h, A + 0x1000, A + 0x4000);
	assert_hex(r.x[0], 0x00d);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x1000).s2ap, INDEX);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x2000).s2ap, 0);
	answer(&h, 0, false);
	assert_hex(set_s2ap(&h, A + 0x2000, A + 0x4000).x[0], RMI_BLOCKED);
	r = smc_regs(&h, RMI_OP_CONTINUE, r.x[1], 0);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x4000);
	assert_int_equal(host_entry(&h, A + 0x3000).s2ap, INDEX);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x3000).s2ap, INDEX);
	assert_int_equal(rmm_open_operations(h.rmm), 0);
	host_end(&h);
}

/*
 * rmm-commands, SET_S2AP, T7: one table a call; an entry that is larger than the rest is an error after
 * progress, too, and the request goes on there, also by its tree; a table ends the call.
 */
static void tf_rmm_moves_the_request_to_the_entry(void **state)
{
	static const struct setup tf = { .planes = 2, .profile = "tf-rmm-2026-07" };
	struct rmm_regs r;
	struct host h;

	boot(&h, &tf, 2);
	host_tables(&h, A + 0x200000, 2);
	host_aux_tables(&h, 1, A, 3);
	host_aux_tables(&h, 1, A + 0x200000, 3);
	host_aux_tables(&h, 2, A, 3);
	host_aux_tables(&h, 2, A + 0x200000, 2);
	ask(&h, A, A + 0x201000);
	r = set_s2ap(&h, A, A + 0x201000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], A + 0x200000);
	assert_int_equal(host_aux_entry(&h, 2, A + 0x1ff000).s2ap, INDEX);
	r = set_s2ap(&h, A + 0x200000, A + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], A + 0x200000);
	assert_hex(r.x[2], 0);
	host_tables(&h, A + 0x200000, 3);
	assert_hex(set_s2ap(&h, A, A + 0x201000).x[0], RMI_ERROR_INPUT);
	r = set_s2ap(&h, A + 0x200000, A + 0x201000);
	assert_hex(r.x[0], 0x207);
	assert_hex(r.x[1], A + 0x200000);
	assert_hex(r.x[2], 2);
	/* the cookie: address and tree */
	assert_hex(finish(&h, A, A + 0x201000, 0).x[3], (A + 0x200000) | 2);
	host_end(&h);
}

/* Blocks of one table; X1 on the error is where the request goes on. */
static void tf_rmm_changes_blocks_up_to_a_table_or_a_larger_one(void **state)
{
	static const struct setup tf = { .profile = "tf-rmm-2026-07" };
	rmm_ipa b = A + 0x400000;
	struct rmm_regs r;
	struct host h;

	boot(&h, &tf, 1); /* a table at A, nothing behind it */
	ask(&h, b, b + 0x201000);
	r = set_s2ap(&h, b, b + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], b + 0x200000);
	r = set_s2ap(&h, b + 0x200000, b + 0x201000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], b + 0x200000);
	finish(&h, b, b + 0x201000, 0);
	host_tables(&h, b + 0x200000, 3);
	ask(&h, b, b + 0x400000);
	r = set_s2ap(&h, b, b + 0x400000);
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], b + 0x200000);
	finish(&h, b, b + 0x400000, 0);
	/* inside a block, which has the index already */
	ask(&h, b + 0x1000, b + 0x200000);
	r = set_s2ap(&h, b + 0x1000, b + 0x200000);
	assert_hex(r.x[0], 0x204);
	assert_hex(r.x[1], b + 0x1000);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_index_is_set_in_every_tree),
		TEST(a_request_is_carried_out_in_pieces),
		TEST(an_entry_that_crosses_the_range_is_named),
		TEST(an_entry_with_the_index_is_passed),
		TEST(a_large_entry_and_small_ones_change_together),
		TEST(an_index_stays_with_its_address),
		TEST(a_permission_value_says_what_a_plane_may_do),
		TEST(a_plane_sees_what_its_own_tree_maps),
		TEST(unprotected_memory_of_a_plane_is_its_own_trees),
		TEST(the_indirect_encoding_names_a_base_permission),
		TEST(a_change_may_stop_early_or_be_incomplete),
		TEST(tf_rmm_moves_the_request_to_the_entry),
		TEST(tf_rmm_changes_blocks_up_to_a_table_or_a_larger_one),
	};

	return cmocka_run_group_tests_name("overlay indices", tests, NULL, NULL);
}
