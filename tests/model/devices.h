/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of device mappings: a machine with device memory, and devices put in place by test hooks. */
#ifndef TESTS_MODEL_DEVICES_H
#define TESTS_MODEL_DEVICES_H

#include "host.h"

#define GIB UINT64_C(0x40000000)

#define DEV_NCOH   (HOST_BASE + 16 * GIB) /* two regions of it */
#define DEV_COARSE (DEV_NCOH + GIB)       /* the second: NONE, can be made COARSE */
#define DEV_COH    (HOST_BASE + 24 * GIB)
#define DEV_ALIEN  (DEV_NCOH + 3 * GIB / 4) /* in no range of the VDEV */

static const struct rmm_config device_machine = {
	.banks = { { HOST_BASE, 8 * GIB },
		   { DEV_NCOH, 2 * GIB, RMM_DEVICE_NCOH },
		   { DEV_COH, GIB, RMM_DEVICE_COH } },
	.nr_banks = 3,
	.features = { .da = true, .da_coh = true, .vsmmu = true },
};

struct devices {
	rmm_pa pdev, vdev, vsmmu;
};

/* A region of device memory becomes FINE; TF-RMM has no other kind. */
static inline void track_device_memory(struct host *h, rmm_pa region, unsigned category)
{
	rmm_pa pages, list;
	struct rmm_regs r;
	unsigned n;

	if (h->profile.tf_rmm)
		return;
	r = smc_regs(h, RMI_GRANULE_TRACKING_SET, region, category, RMI_TRACKING_FINE);
	assert_int_equal(RMI_RESULT_STATUS(r.x[0]), RMI_INCOMPLETE);
	n = r.x[2] >> 2 & 0x3fff;
	pages = host_delegated(h, n);
	list = host_pages(h, 1);
	host_write64(h, list, host_desc(h, pages, 3, n));
	smc_regs(h, RMI_OP_MEM_DONATE, r.x[1], list, 1);
	assert_hex(smc(h, RMI_OP_CONTINUE, r.x[1], 0), 0);
}

static inline rmm_pa place_vdev(struct host *h, rmm_pa rd, rmm_pa pdev)
{
	const struct rmm_vdev vdev = { .rd = rd,
				       .pdev = pdev,
				       .id = 0x1d,
				       .nr_ranges = 3,
				       .ranges = { { DEV_NCOH, DEV_NCOH + GIB / 2 },
						   { DEV_COARSE, DEV_COARSE + GIB },
						   { DEV_COH, DEV_COH + GIB / 2 } } };
	rmm_pa pa = host_delegated(h, 1);

	assert_true(rmm_place_vdev(h->rmm, pa, &vdev));
	return pa;
}

/* Of the realm h->rd; non-coherent memory is FINE. */
static inline struct devices place_devices(struct host *h)
{
	struct devices d = { .pdev = host_delegated(h, 1), .vsmmu = host_delegated(h, 1) };

	assert_true(rmm_place_pdev(h->rmm, d.pdev));
	assert_true(rmm_place_vsmmu(h->rmm, d.vsmmu, h->rd));
	d.vdev = place_vdev(h, h->rd, d.pdev);
	track_device_memory(h, DEV_NCOH, RMI_MEM_DEV_NCOH);
	return d;
}

/* Delegate and DEV_MAP n blocks of that level; all tables are there. */
static inline void map_device(struct host *h, rmm_pa vdev, rmm_ipa ipa, rmm_pa pa, int level,
			      unsigned n)
{
	uint64_t size = n * host_level_size(h, level);
	struct rmm_regs r;

	host_delegate(h, pa, size);
	r = smc_regs(h, RMI_RTT_DEV_MAP, h->rd, vdev, ipa, ipa + size, RMI_ADDR_SINGLE,
		     host_desc(h, pa, level, n));
	assert_hex(r.x[0], 0);
	assert_hex(r.x[1], ipa + size);
}

/* RSI_VDEV_VALIDATE_MAPPING of [base, top) at pa. */
struct mapping {
	rmm_ipa base, top;
	rmm_pa pa;
	uint64_t flags;
	struct rmm_regs regs; /* of the last attempt */
	enum rmm_realm_result result;
};

static inline void ask_to_validate(struct host *h, struct rmm_rec *rec)
{
	struct mapping *m = h->program_ctx;

	m->regs = (struct rmm_regs){ { RSI_VDEV_VALIDATE_MAPPING, 0x1d, m->base, m->top, m->pa,
				       m->flags } };
	m->result = rmm_realm_smc(h->rmm, rec, &m->regs);
}

/* The realm asks, and waits; it is ACTIVE and has the flag RMI_REALM_DA. */
static inline void ask_for_validation(struct host *h, struct mapping *m)
{
	assert_hex(host_enter(h, 0, ask_to_validate, m), 0);
	assert_int_equal(m->result, RMM_REALM_EXIT);
}

/* The whole protocol. */
static inline void validate_device(struct host *h, const struct devices *d, rmm_ipa base,
				   rmm_ipa top, rmm_pa pa)
{
	struct mapping m = { base, top, pa };

	ask_for_validation(h, &m);
	assert_hex(smc(h, RMI_RTT_DEV_VALIDATE, h->rd, h->rec, d->pdev, d->vdev, base, top), 0);
	assert_hex(host_enter(h, 0, ask_to_validate, &m), 0);
	assert_int_equal(m.result, RMM_REALM_DONE);
}

#endif
