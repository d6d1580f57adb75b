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

void rec_params_read(const struct rmm *rmm, rmm_pa pa, struct rec_params *p)
{
	p->flags = phys_read64(rmm, pa + RMI_REC_PARAMS_FLAGS);
	p->mpidr = phys_read64(rmm, pa + RMI_REC_PARAMS_MPIDR);
	p->pc = phys_read64(rmm, pa + RMI_REC_PARAMS_PC);
	for (unsigned i = 0; i < 8; i++)
		p->gprs[i] = phys_read64(rmm, pa + RMI_REC_PARAMS_GPRS + 8 * i);
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
	rec->pc = p->pc;
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

enum rmm_realm_result rec_exit(struct rmm_rec *rec, unsigned reason)
{
	rec->exit.reason = reason;
	rec->exited = true;
	rec->ripas_exit = reason == RMI_EXIT_RIPAS_CHANGE;
	return RMM_REALM_EXIT;
}

uint64_t rec_hpfar(const struct rmm_rec *rec, rmm_ipa ipa)
{
	return (ipa & ~(granule_size(rec->rmm) - 1)) >> 8;
}

enum rmm_realm_result rec_exit_abort(struct rmm_rec *rec, rmm_ipa ipa, int level)
{
	rec->exit.esr = UINT64_C(0x90000000) + fsc_translation(level);
	rec->exit.hpfar = rec_hpfar(rec, ipa);
	return rec_exit(rec, RMI_EXIT_SYNC);
}

uint8_t *rec_memory(struct locks *l, struct rmm_rec *rec, rmm_ipa ipa, bool write,
		    enum rmm_realm_result *result)
{
	struct rtt_walk w = rtt_walk(l, rec_realm(rec)->root, ipa, 3);

	if (w.e.ripas == RMI_EMPTY) {
		*result = RMM_REALM_DONE;
		return NULL;
	}
	if (w.e.ripas != RMI_RAM || w.e.hipas != RMM_HIPAS_DATA) {
		*result = rec_exit_abort(rec, ipa, w.level);
		return NULL;
	}
	if (write)
		granule_mark_written(rec->rmm, w.e.pa + (ipa - w.ipa));
	return phys_ptr(rec->rmm, w.e.pa + (ipa - w.ipa), 1);
}
