/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine with all kinds of regions, and calls that change them. */
#ifndef TESTS_MODEL_TRACKING_H
#define TESTS_MODEL_TRACKING_H

#include "host.h"

#define MIB  (UINT64_C(1) << 20)
#define GIB  (UINT64_C(1) << 30)
#define NONE RMI_TRACKING_NONE
#define FINE RMI_TRACKING_FINE
#define CRS  RMI_TRACKING_COARSE

/*
 *	 R0      R1      R2      R3      R4      R5        R6
 *	[DRAM] [DRAM] [DRAM] [NCOH ] [ COH ] [DRAM|  ] [DRAM|NCOH]	one region is 1 GiB
 */
#define R(n) (HOST_BASE + (n)*GIB)
static const struct rmm_config machine = {
	.banks = { { R(0), 3 * GIB },
		   { R(3), GIB, RMM_DEVICE_NCOH },
		   { R(4), GIB, RMM_DEVICE_COH },
		   { R(5), GIB / 2 },
		   { R(6), GIB / 2 },
		   { R(6) + GIB / 2, GIB / 2, RMM_DEVICE_NCOH } },
	.nr_banks = 6,
};

static inline void boot(struct host *h, enum rmi_edition e)
{
	host_boot(h, &(struct setup){ .edition = e, .config = &machine });
}

static inline uint64_t set(struct host *h, rmm_pa addr, unsigned category, unsigned state)
{
	return smc(h, RMI_GRANULE_TRACKING_SET, addr, category, state);
}

static inline unsigned state_of(struct host *h, rmm_pa addr)
{
	return (unsigned)smc_regs(h, RMI_GRANULE_TRACKING_GET, addr, addr + 0x1000).x[2];
}

static inline uint64_t delegate(struct host *h, rmm_pa base, rmm_pa top)
{
	return smc(h, RMI_GRANULE_RANGE_DELEGATE, base, top);
}

static inline uint64_t undelegate(struct host *h, rmm_pa base, rmm_pa top)
{
	return smc(h, RMI_GRANULE_RANGE_UNDELEGATE, base, top);
}

/* Give the operation n granules from `pages` on, in that state. */
static inline struct rmm_regs give(struct host *h, uint64_t handle, rmm_pa pages, unsigned n,
				   uint64_t state)
{
	rmm_pa list = host_pages(h, 1);

	host_write64(h, list, host_desc(h, pages, 3, n) | state);
	return smc_regs(h, RMI_OP_MEM_DONATE, handle, list, 1);
}

/* NONE or COARSE to FINE, with metadata from DELEGATED memory of R0. */
static inline void make_fine(struct host *h, rmm_pa addr, unsigned category)
{
	struct rmm_regs r = smc_regs(h, RMI_GRANULE_TRACKING_SET, addr, category, FINE);
	uint64_t handle = r.x[1];

	assert_hex(r.x[0], 0x10d);
	assert_hex(give(h, handle, host_delegated(h, 64), 64, 0).x[0], 0x00d);
	assert_hex(smc(h, RMI_OP_CONTINUE, handle, 0), 0);
}

#endif
