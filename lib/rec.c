/* SPDX-License-Identifier: BSD-2-Clause */
/* REC objects: parameters, exits, and what RSI commands see of memory. */
#include <string.h>

#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rec.h"

#define MPIDR_FIELDS UINT64_C(0xffffff0f)

uint64_t rec_index(uint64_t mpidr)
{
	uint64_t aff0 = mpidr & 0xf, aff1 = mpidr >> 8 & 0xff, aff2 = mpidr >> 16 & 0xff;

	return aff0 + 16 * (aff1 + 256 * (aff2 + 256 * (mpidr >> 24 & 0xff)));
}

uint64_t rec_index_of_psci(const struct rmm *rmm, uint64_t mpidr)
{
	if (rmm->profile.tf_rmm)
		return rec_index((mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24);
	return mpidr & ~MPIDR_FIELDS ? UINT64_MAX : rec_index(mpidr);
}

void rec_params_read(const uint8_t *page, struct rec_params *p)
{
	p->flags = load64(page + RMI_REC_PARAMS_FLAGS);
	p->mpidr = load64(page + RMI_REC_PARAMS_MPIDR);
	p->pc = load64(page + RMI_REC_PARAMS_PC);
	for (unsigned i = 0; i < 8; i++)
		p->gprs[i] = load64(page + RMI_REC_PARAMS_GPRS + 8 * i);
}

bool rec_params_are_encoded(const struct rec_params *p)
{
	return !(p->mpidr & ~MPIDR_FIELDS);
}

struct rmm_rec *rec_new(struct rmm *rmm, rmm_pa pa, rmm_pa owner, const struct rec_params *p)
{
	struct rmm_rec *rec = rmm_alloc(rmm, sizeof(*rec));

	if (!rec)
		return NULL;
	rec->rmm = rmm;
	rec->pa = pa;
	rec->owner = owner;
	rec->mpidr = p->mpidr;
	rec_start(rec, p->pc);
	rec->runnable = p->flags & RMI_REC_RUNNABLE;
	memcpy(rec->gprs, p->gprs, sizeof(p->gprs));
	return rec;
}

void rec_free(struct rmm *rmm, struct rmm_rec *rec)
{
	if (!rec)
		return;
	rmm_release(rmm, rec->aux, rec->nr_aux * sizeof(*rec->aux));
	rmm_release(rmm, rec, sizeof(*rec));
}

void rec_start(struct rmm_rec *rec, uint64_t pc)
{
	rec->pc = pc;
	rec->pending = PENDING_NONE;
	rec->last = LAST_OTHER;
	rec->resume = RESUME_NONE;
	rec->emulatable = rec->unprot_abort = false;
	rec->plane = rec->gic_owner = 0;
	rec->plane_leave = PLANE_STAYS;
}

struct realm *rec_realm(const struct rmm_rec *rec)
{
	return granule_peek(rec->rmm, rec->owner)->object;
}

rmm_pa rmm_rec_pa(const struct rmm_rec *rec)
{
	return rec->pa;
}

uint64_t rmm_rec_mpidr(const struct rmm_rec *rec)
{
	return rec->mpidr;
}

uint64_t rmm_rec_pc(const struct rmm_rec *rec)
{
	return rec->pc;
}

uint64_t rmm_rec_gpr(const struct rmm_rec *rec, unsigned n)
{
	return n < RMI_NR_GPRS ? rec->gprs[n] : 0;
}

unsigned rmm_rec_plane(const struct rmm_rec *rec)
{
	return rec->plane;
}

unsigned rec_exit_validate_mapping(const struct rmm_rec *rec)
{
	return rec->rmm->cfg.edition < RMI_BET3 ? RMI_EXIT_VALIDATE_MAPPING
						: RMI_EXIT_BET3_VALIDATE_MAPPING;
}

enum rmm_realm_result rec_exit(struct rmm_rec *rec, unsigned reason)
{
	rec->exit.reason = reason;
	rec->exited = true;
	rec->last = reason == RMI_EXIT_RIPAS_CHANGE            ? LAST_RIPAS_CHANGE
		    : reason == RMI_EXIT_S2AP_CHANGE           ? LAST_S2AP_CHANGE
		    : reason == RMI_EXIT_PSCI                  ? LAST_PSCI
		    : reason == rec_exit_validate_mapping(rec) ? LAST_VALIDATE_MAPPING
							       : LAST_OTHER;
	if (reason != RMI_EXIT_S2AP_CHANGE)
		rec->s2ap_addr = rec->s2ap_top = 0;
	return RMM_REALM_EXIT;
}

uint64_t rec_hpfar(const struct rmm_rec *rec, rmm_ipa ipa)
{
	return (ipa & ~(granule_size(rec->rmm) - 1)) >> 8;
}

enum rmm_realm_result rec_exit_abort(struct rmm_rec *rec, rmm_ipa ipa, int level)
{
	rec->exit.esr = UINT64_C(0x90000000) + fsc_translation(level);
	/* OP-63 */
	rec->exit.hpfar = rec->rmm->profile.tf_rmm ? ipa >> 8 : rec_hpfar(rec, ipa);
	return rec_exit(rec, RMI_EXIT_SYNC);
}

/* OP-72: TF-RMM refuses device memory, too. What is emulated is no memory. */
bool rec_memory_is_none(const struct rmm_rec *rec, const struct rtt_walk *w)
{
	if (w->e.ripas == RMI_DEV)
		return rec->rmm->profile.tf_rmm || w->e.hipas == RMM_ARCH_DEV;
	return w->e.ripas == RMI_EMPTY;
}

static bool is_accessible(const struct rtt_walk *w)
{
	if (w->e.ripas == RMI_DEV)
		return w->e.hipas == RMM_NARCH_DEV;
	return w->e.ripas == RMI_RAM && w->e.hipas == RMM_HIPAS_DATA;
}

uint8_t *rec_memory(struct locks *l, struct rmm_rec *rec, rmm_ipa ipa, bool write,
		    enum rmm_realm_result *result)
{
	struct rtt_walk w = rtt_walk(l, rec_realm(rec)->root, ipa, 3);

	if (rec_memory_is_none(rec, &w)) {
		*result = RMM_REALM_DONE;
		return NULL;
	}
	if (!is_accessible(&w)) {
		*result = rec_exit_abort(rec, ipa, w.level);
		return NULL;
	}
	if (write)
		granule_mark_written(rec->rmm, w.e.pa + (ipa - w.ipa));
	/* The rest of an RSI granule. */
	return phys_ptr(rec->rmm, w.e.pa + (ipa - w.ipa), 0x1000 - (ipa & 0xfff));
}
