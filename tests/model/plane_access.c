/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What planes may do (rmm-state-machines 13; A5.6.11): permissions of plane n, its own tree, base
 * permissions of unprotected memory.
 */
#include "s2ap.h"

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

/* Not aligned: no instruction asks for it. Memory or not, to plane 0 it is an external abort. */
static void an_impossible_access_of_a_plane_is_external_where_there_is_ram(void **state)
{
	struct host h;
	struct step s;

	boot(&h, &one_tree, 1);
	access_in_plane_1(&h, &s, A + 2, true, false);
	assert_int_equal(s.result, RMM_REALM_PLANE);
	assert_hex(plane_exit(&h, RSI_PLANE_EXIT_REASON), RSI_PLANE_EXIT_SYNC);
	assert_hex(plane_exit(&h, RSI_PLANE_EXIT_ESR) & 0x3f, 0x10);
	host_end(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_permission_value_says_what_a_plane_may_do),
		TEST(a_plane_sees_what_its_own_tree_maps),
		TEST(unprotected_memory_of_a_plane_is_its_own_trees),
		TEST(the_indirect_encoding_names_a_base_permission),
		TEST(an_impossible_access_of_a_plane_is_external_where_there_is_ram),
	};

	return cmocka_run_group_tests_name("access of planes", tests, NULL, NULL);
}
