/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of range calls in every profile and edition. The realm has 41 IPA bits and leaf tables at
 * B, before it, and at U.
 */
#ifndef TESTS_MODEL_RANGES_H
#define TESTS_MODEL_RANGES_H

#include <string.h>

#include "host.h"

#define RTT(l)     RMI_RESULT(RMI_ERROR_RTT, l)
#define INCOMPLETE 0x00d /* no memory, cannot be cancelled */
#define PAGE       UINT64_C(0x1000)
#define BLOCK      UINT64_C(0x200000)
#define B          BLOCK
#define U          (S41 + BLOCK) /* unprotected */

static inline bool is_tf(const struct host *h)
{
	return !strcmp(h->profile.name, "tf-rmm-2026-07");
}

/* A call ends with its leaf table. */
static inline bool is_leaf(const struct host *h)
{
	return h->profile.extent == RMM_EXTENT_TABLE;
}

static inline bool skips_unmapped(const struct host *h)
{
	return !h->profile.unprot_unmap_needs_mapped || h->cfg.edition >= RMI_BET3;
}

static inline void everywhere_with(const struct rmm_config *cfg, void (*body)(struct host *h))
{
	const struct rmm_profile *p;

	for (unsigned i = 0; (p = rmm_profile_at(i)); i++) {
		for (int e = RMI_BET1; e <= RMI_BET3; e++) {
			struct setup setup = { .profile = p->name,
					       .edition = (enum rmi_edition)e,
					       .config = cfg };
			struct host h;

			/* it is one implementation of one edition */
			if (e != RMI_BET1 && !strcmp(p->name, "tf-rmm-2026-07"))
				continue;
			print_message("# %s, bet%d\n", p->name, e - RMI_BET1 + 1);
			host_realm(&h, &setup);
			host_tables(&h, B - PAGE, 3);
			host_tables(&h, B, 3);
			host_tables(&h, U, 3);
			body(&h);
			host_end(&h);
		}
	}
}

static inline void everywhere(void (*body)(struct host *h))
{
	everywhere_with(NULL, body);
}

static inline struct rmm_regs range(struct host *h, uint64_t fid, rmm_ipa base, rmm_ipa top,
				    uint64_t type, uint64_t oaddr)
{
	return smc_regs(h, fid, h->rd, base, top, type, oaddr);
}

static inline struct rmm_regs map(struct host *h, rmm_ipa base, rmm_ipa top, rmm_pa pa)
{
	uint64_t fid = base >= S41 ? RMI_RTT_UNPROT_MAP : RMI_RTT_DATA_MAP;

	return range(h, fid, base, top, RMI_ADDR_SINGLE,
		     host_desc(h, pa, 3, (unsigned)((top - base) / PAGE)));
}

static inline struct rmm_regs unmap(struct host *h, rmm_ipa base, rmm_ipa top, uint64_t type,
				    rmm_pa list)
{
	return range(h, base >= S41 ? RMI_RTT_UNPROT_UNMAP : RMI_RTT_DATA_UNMAP, base, top, type,
		     list);
}

static inline uint64_t list_of(unsigned entries)
{
	return RMI_ADDR_LIST | (uint64_t)entries << 2;
}

static inline void check(struct rmm_regs r, uint64_t x0, uint64_t x1)
{
	assert_hex(r.x[0], x0);
	assert_hex(r.x[1], x1);
}

static inline void check_unmap(struct rmm_regs r, uint64_t x1, uint64_t x2, uint64_t x3)
{
	check(r, RMI_SUCCESS, x1);
	assert_hex(r.x[2], x2);
	assert_hex(r.x[3], x3);
}

static inline void check_entry(struct host *h, rmm_ipa ipa, unsigned hipas)
{
	assert_int_equal(host_entry(h, ipa).hipas, hipas);
}

/* The next range stops after n entries, with INCOMPLETE or SUCCESS. */
static inline void stop_after(struct host *h, unsigned n, bool incomplete)
{
	memset(h->answers, 0, sizeof(h->answers));
	h->answers[0].label = "budget";
	h->answers[0].pick = n;
	h->answers[1].label = "incomplete";
	h->answers[1].pick = incomplete;
}

#endif
