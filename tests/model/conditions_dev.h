/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tables of device mappings share. */
#ifndef TESTS_MODEL_CONDITIONS_DEV_H
#define TESTS_MODEL_CONDITIONS_DEV_H

#include "conditions.h"
#include "devices.h"

#define BLOCK  UINT64_C(0x200000)
#define RTT(l) RMI_RESULT(RMI_ERROR_RTT, l)

#define OPT_NO_TABLE  1  /* the entry is one of level 2 */
#define OPT_NO_TABLES 2  /* one of level 1 */
#define OPT_MAPPED    4  /* the device is mapped there already */
#define OPT_BLOCK     8  /* as a block of level 2 */
#define OPT_LIST      16 /* a list of two descriptors, the second one empty */
#define OPT_OWNED     32 /* an operation owns the entry, the one behind the first of BLOCK */
#define OPT_RAM       64 /* its RIPAS is RAM */
#define OPT_AUX       128
#define OPT_INSIDE    256 /* DEV_VALIDATE: the realm asks from the second page of the block on */
#define OPT_COHERENT  512
#define OPT_ELSEWHERE 1024 /* it expects another address */

enum {
	OWN_TREE,
	OWN_REALM,
	OWN_TYPE,
	OWN_COUNT,
	OWN_ADDR,
	OWN_LEVEL,
	OWN_BLOCKS,
	OWN_BITS,
	OWN_STATE,
	OWN_SECOND,
};
enum { V_LIST, V_DESC, V_PDEV };

/* Device memory: the page that is mapped, a block, one that is mapped already, UNDELEGATED. */
#define DEV_PAGE   DEV_NCOH
#define DEV_BLOCK  (DEV_NCOH + BLOCK)
#define DEV_MAPPED (DEV_NCOH + 2 * BLOCK)
#define DEV_OF_NS  (DEV_NCOH + 3 * BLOCK)

static inline void nothing_more(struct trial *t, const struct breaker *b)
{
}

static inline rmm_ipa base_of(const struct trial *t)
{
	return t->opt & OPT_OWNED ? BLOCK + t->h.page : BLOCK;
}

/* A realm with devices, and the entry of the call. */
static inline struct devices make_realm(struct trial *t)
{
	struct host *h = &t->h;
	struct devices d;

	host_realm(h, &t->table->setup);
	d = place_devices(h);
	t->v[V_PDEV] = d.pdev;
	if (!(t->opt & OPT_NO_TABLES))
		host_tables(h, BLOCK, t->opt & (OPT_NO_TABLE | OPT_BLOCK) ? 2 : 3);
	if (t->opt & OPT_RAM)
		assert_hex(smc(h, RMI_RTT_INIT_RIPAS, h->rd, BLOCK, BLOCK + h->page), 0);
	if (t->opt & OPT_OWNED)
		trial_own_entry(t, base_of(t), 3);
	t->x[1] = h->rd;
	return d;
}

static inline void vdev_of_another_realm(struct trial *t, const struct breaker *b)
{
	rmm_pa rd = host_other_realm(&t->h);

	trial_address(t, b->arg, place_vdev(&t->h, rd, t->v[V_PDEV]));
}

static inline void move_range(struct trial *t, const struct breaker *b)
{
	trial_address(t, 3, b->value);
	trial_address(t, 4, b->value + t->h.page);
}

/* `feature` is the row; asserted in a test of its own, for the setup has the feature. */
static inline void in_a_test_of_its_own(struct trial *t, const struct breaker *b)
{
	trial_unavailable(t);
}

#define ON_RANGE (ON_ARG(3) | ON_ARG(4))

#define NOT_SUPPORTED(feature)                                         \
	{                                                              \
		feature, RMI_ERROR_NOT_SUPPORTED, in_a_test_of_its_own \
	}

#define BREAK_VDEV(n)                                                                         \
	BREAK_GRANULE("vdev_align", "vdev_bound", "vdev_blocked", "vdev_gran_state", n,       \
		      break_spare_page),                                                      \
	{                                                                                     \
		"vdev_realm", RMI_ERROR_INPUT, vdev_of_another_realm, ON_ARG(n) | ON_RMM, (n) \
	}

#define REALM_STATE                                                                      \
	{                                                                                \
		"realm_state", RMI_ERROR_REALM, break_terminate_realm, ON_OWN(OWN_REALM) \
	}

#define RANGE_ROWS                                                              \
	{ "base_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(3), 3 },        \
		{ "top_align", RMI_ERROR_INPUT, break_low_bits, ON_LOW(4), 4 }, \
	{                                                                       \
		"size_valid", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, 0   \
	}

#define BOUND_ROWS                                                                      \
	{ "ipa_bound", RMI_ERROR_INPUT, move_range, ON_RANGE, .value = S41 },           \
	{                                                                               \
		"ipa_bound", RMI_ERROR_INPUT, break_address, ON_ARG(4), 4, S41 + 0x1000 \
	}

#define ENTRY_BLOCKED                                                                         \
	{                                                                                     \
		"rtte_blocked", RMI_BLOCKED, break_option, ON_OWN(OWN_TREE), .opt = OPT_OWNED \
	}

#define MACHINE      .config = &device_machine
#define DEVICE_SETUP .setup = { MACHINE, .flags0 = RMI_REALM_DA }
#define PLANES_SETUP .setup = { MACHINE, .flags0 = RMI_REALM_DA, .planes = 1 }

#endif
