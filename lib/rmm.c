/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and dropping a model; its memory; its decisions. */
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "feature.h"
#include "gpt.h"
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rec.h"
#include "sro.h"
#include "tracking.h"

void *rmm_alloc(struct rmm *rmm, size_t size)
{
	return rmm->cfg.alloc ? rmm->cfg.alloc(rmm->cfg.ctx, size) : calloc(1, size);
}

void rmm_release(struct rmm *rmm, void *p, size_t size)
{
	if (!p)
		return;
	if (rmm->cfg.free)
		rmm->cfg.free(rmm->cfg.ctx, p, size);
	else
		free(p);
}

unsigned rmm_choose(struct rmm *rmm, enum rmm_choice kind, const char *label, unsigned n)
{
	unsigned choice = 0;

	if (n > 1 && rmm->cfg.choose && (!rmm->cfg.choices || rmm->cfg.choices & kind))
		choice = rmm->cfg.choose(rmm->cfg.ctx, label, n);
	return choice < n ? choice : 0;
}

/* The widest realm of a reduced geometry: 16 start tables at level 0. */
static unsigned widest(const struct rmm_config *cfg)
{
	unsigned bits = (unsigned)__builtin_ctz(cfg->granule_shifts) + 4 * cfg->fanout_bits + 4;

	return bits < 48 ? bits : 48;
}

static void fill_defaults(struct rmm_config *cfg)
{
	if (!cfg->nr_banks) {
		cfg->nr_banks = 1;
		cfg->banks[0] = (struct rmm_bank){ 0x80000000, 0x40000000 };
	}
	if (!cfg->granule_shifts)
		cfg->granule_shifts = 1u << 12 | 1u << 14 | 1u << 16;
	if (!cfg->pa_bits)
		cfg->pa_bits = 48;
	features_default(&cfg->features);
	if (!cfg->ipa_bits)
		cfg->ipa_bits = cfg->fanout_bits ? widest(cfg) : 48;
}

static bool config_is_valid(const struct rmm_config *cfg, const char **why)
{
	if (cfg->size && cfg->size != sizeof(*cfg))
		*why = "struct rmm_config of another version";
	else if (cfg->edition > RMI_BET3)
		*why = "no such edition";
	else if (cfg->granule_shifts & ~(1u << 12 | 1u << 14 | 1u << 16))
		*why = "granule sizes are 4, 16 and 64 KiB";
	else if (cfg->pa_bits < 32 || cfg->pa_bits > 52)
		*why = "the PA width must be 32 to 52 bits";
	else if (cfg->fanout_bits > (unsigned)__builtin_ctz(cfg->granule_shifts) - 3)
		*why = "a table has no more entries than the architecture's";
	else if (cfg->ipa_bits < (cfg->fanout_bits ? 16u : 32u) ||
		 cfg->ipa_bits > (cfg->features.lpa2 ? 52u : 48u))
		*why = "the IPA width must be 32 to 48 bits, with LPA2 to 52";
	else if (features_problem(cfg))
		*why = features_problem(cfg);
	else if (cfg->profile && cfg->profile->rec_granules > RMM_MAX_REC_GRANULES)
		*why = "a REC takes at most 512 granules";
	else if (cfg->profile && cfg->profile->rec_contig &&
		 (cfg->profile->rec_granules & (cfg->profile->rec_granules - 1)))
		*why = "memory in one piece is a power of two of granules";
	else if (cfg->profile && cfg->profile->tracking_granules > 0x3fff)
		*why = "a request for memory counts up to 16383 granules";
	else if (cfg->gpt > RMM_GPT_HOST)
		*why = "the tables of the GPT are the platform's or the host's";
	else if (cfg->tracking > RMM_TRACKED_COARSE)
		*why = "no such tracking state";
	else if (!cfg->alloc != !cfg->free)
		*why = "alloc and free go together";
	else
		return true;
	return false;
}

struct rmm *rmm_new(const struct rmm_config *config, const char **why)
{
	static const struct rmm_config defaults;
	struct rmm_config cfg = config ? *config : defaults;
	struct rmm boot = { .cfg = cfg };
	const char *unused;
	struct rmm *rmm;

	why = why ? why : &unused;
	*why = "out of memory";
	fill_defaults(&cfg);
	if (!config_is_valid(&cfg, why))
		return NULL;
	rmm = rmm_alloc(&boot, sizeof(*rmm));
	if (!rmm)
		return NULL;
	rmm->cfg = cfg;
	rmm->profile = cfg.profile ? *cfg.profile : *rmm_profile_find("strict");
	rmm->cfg.profile = NULL;
	features_init(rmm);
	command_first_rows(rmm);
	rmm->granule_shift = (unsigned)__builtin_ctz(cfg.granule_shifts);
	tracking_set_size(rmm, rmm->granule_shift, 0);
	if (!phys_init(rmm, why) || !sro_init(rmm)) {
		rmm_free(rmm);
		return NULL;
	}
	return rmm;
}

static void free_object(void *ctx, const struct granule_run *run)
{
	const struct granule *g = run->g;
	struct rmm *rmm = ctx;
	struct realm *realm;

	if (!g)
		return;
	realm = g->object;
	if (g->state == RMM_REC) {
		rec_free(rmm, g->object);
	} else if (g->state == RMM_RD) {
		rtt_free_tree(rmm, realm->root);
		realm->root = NULL;
		for (unsigned i = 0; i < MAX_AUX_PLANES; i++) {
			if (realm->aux_root[i])
				rtt_free_tree(rmm, realm->aux_root[i]);
			realm->aux_root[i] = NULL;
		}
		realm_free(rmm, realm);
	} else {
		device_free(rmm, g->state, g->object);
	}
}

void rmm_free(struct rmm *rmm)
{
	struct rmm last;

	if (!rmm)
		return;
	if (rmm->ops)
		sro_exit(rmm);
	granule_each(rmm, free_object, rmm);
	tracking_exit(rmm);
	gpt_exit(rmm);
	granule_exit(rmm);
	phys_exit(rmm);
	last = *rmm;
	rmm_release(&last, rmm, sizeof(*rmm));
}
