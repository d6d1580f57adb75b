/* SPDX-License-Identifier: BSD-2-Clause */
/* Named implementations: what the specification leaves open, decided one way or another. */
#include <string.h>

#include <rmisim/rmm.h>

static const struct rmm_profile profiles[] = {
	{
		/* Everything DEN0137 allows a careless host to trip over, and as far as it goes. */
		.name = "strict",
		.extent = RMM_EXTENT_RANGE,
		.poison = true,
		.rec_granules = 16,
	},
	{
		.name = "linux-friendly",
		.extent = RMM_EXTENT_RANGE,
		.config_get_any_state = true,
		.rec_granules = 16,
	},
	{
		/* kvm-call-sequences 0.2 (b): one leaf table a call, as TF-RMM does it. */
		.name = "bet1-leaf",
		.extent = RMM_EXTENT_TABLE,
		.unprot_unmap_needs_mapped = true,
		.unmap_needs_alignment = true,
		.config_get_any_state = true,
		.sro_cannot_cancel = true,
		.rec_granules = 16,
	},
	{
		.name = "bet1-leaf-1",
		.extent = RMM_EXTENT_TABLE,
		.one_granule = true,
		.unprot_unmap_needs_mapped = true,
		.unmap_needs_alignment = true,
		.config_get_any_state = true,
		.sro_cannot_cancel = true,
		.rec_granules = 16,
	},
	{
		/* What TF-RMM's host build of July 2026 answers, as recorded (rmm-open-points D). */
		.name = "tf-rmm-2026-07",
		.extent = RMM_EXTENT_TABLE,
		.one_granule = true,
		.sro_cannot_cancel = true,
		.rem_unpadded = true,
		.rim_of_params = true,
		.granule_tables = true,
		.hide_wnr = true,
		.rec_granules = 16,
		.tf_rmm = true,
		.features = { 0x104130, 0x142a9, 0xa1, 0x3, 0 },
	},
	{
		/* An RMM that wants the memory of a REC in one piece. */
		.name = "one-piece",
		.extent = RMM_EXTENT_RANGE,
		.poison = true,
		.rec_granules = 16,
		.rec_contig = true,
	},
	{
		/* The same, and delegation goes granule by granule. */
		.name = "strict-contig",
		.extent = RMM_EXTENT_RANGE,
		.one_granule = true,
		.poison = true,
		.rec_granules = 16,
		.rec_contig = true,
	},
	{
		/* strict, but a REC takes more granules than a host's list of them may have room for. */
		.name = "strict-large",
		.extent = RMM_EXTENT_RANGE,
		.poison = true,
		.rec_granules = 512,
	},
};

const struct rmm_profile *rmm_profile_at(unsigned i)
{
	return i < sizeof(profiles) / sizeof(profiles[0]) ? &profiles[i] : NULL;
}

const struct rmm_profile *rmm_profile_find(const char *name)
{
	const struct rmm_profile *p;

	for (unsigned i = 0; (p = rmm_profile_at(i)); i++) {
		if (!strcmp(p->name, name))
			return p;
	}
	return NULL;
}
