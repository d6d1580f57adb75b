/* SPDX-License-Identifier: BSD-2-Clause */
/* A realm with a PDEV, a VDEV, a VSMMU and a leaf table at B. */
#ifndef TESTS_MODEL_DEVICES_REALM_H
#define TESTS_MODEL_DEVICES_REALM_H

#include "devices.h"
#include "ranges.h"

static inline struct devices realm_with(struct host *h, struct setup s)
{
	struct devices d;

	s.config = s.config ? s.config : &device_machine;
	s.flags0 = RMI_REALM_DA;
	host_realm(h, &s);
	d = place_devices(h);
	host_tables(h, B, 3);
	return d;
}

static inline uint64_t dev_validate(struct host *h, const struct devices *d, rmm_ipa base,
				    rmm_ipa top)
{
	return smc(h, RMI_RTT_DEV_VALIDATE, h->rd, h->rec, d->pdev, d->vdev, base, top);
}

static inline void check_ripas(struct host *h, rmm_ipa ipa, unsigned hipas, unsigned ripas)
{
	check_entry(h, ipa, hipas);
	assert_int_equal(host_entry(h, ipa).ripas, ripas);
}

#endif
