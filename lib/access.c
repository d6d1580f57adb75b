/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a realm's access does: rule IYMNSR (A5.3.1), and the exits of A4.3.
 *
 * Locks: the tables, hand over hand; the last one for the access. The REC that runs keeps the root.
 */
#include <string.h>

#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rec.h"

#define EC_INSTRUCTION_ABORT UINT64_C(0x80000000)
#define EC_DATA_ABORT        UINT64_C(0x90000000)
#define ESR_IL               UINT64_C(0x02000000)
#define ESR_ISV              UINT64_C(0x01000000)
#define ESR_SAS_SHIFT        22
#define ESR_SSE              UINT64_C(0x00200000)
#define ESR_SRT_SHIFT        16
#define ESR_SF               UINT64_C(0x00008000)
#define ESR_WNR              UINT64_C(0x00000040)
#define FSC_PERMISSION       0x0c
#define FSC_EXTERNAL         0x10
#define FSC_MASK             0x3fu

/* Which bits of the syndrome the host may see (A4.3; rmm-state-machines 6.2). */
#define MASK_EMULATABLE  UINT64_C(0xfdc09e7f)
#define MASK_PROTECTED   UINT64_C(0xfc001e3f)
#define MASK_UNPROTECTED UINT64_C(0xfe001e3f)
#define MASK_INSTRUCTION UINT64_C(0xfc001a3f)

#define REG_XZR 31

static bool access_is_possible(const struct rmm_access *a)
{
	return (a->size == 1 || a->size == 2 || a->size == 4 || a->size == 8) &&
	       a->ipa % a->size == 0 && a->srt <= REG_XZR && !(a->write && a->fetch);
}

static uint64_t low_bits(uint64_t value, unsigned bytes)
{
	return bytes < 8 ? value & ((UINT64_C(1) << 8 * bytes) - 1) : value;
}

/* The syndrome as the hardware gives it to the RMM. */
static uint64_t full_esr(const struct rmm_access *a, unsigned fsc)
{
	uint64_t esr = ESR_IL | fsc;

	if (a->fetch)
		return esr | EC_INSTRUCTION_ABORT;
	esr |= EC_DATA_ABORT;
	if (a->write)
		esr |= ESR_WNR;
	if (a->isv) {
		esr |= ESR_ISV | (uint64_t)__builtin_ctz(a->size) << ESR_SAS_SHIFT;
		esr |= (uint64_t)a->srt << ESR_SRT_SHIFT;
		esr |= (a->sse ? ESR_SSE : 0) | (a->sf ? ESR_SF : 0);
	}
	return esr;
}

static enum rmm_realm_result exit_protected(struct rmm_rec *rec, const struct rmm_access *a,
					    unsigned fsc)
{
	uint64_t mask = a->fetch ? MASK_INSTRUCTION : MASK_PROTECTED;

	rec->exit.esr = full_esr(a, fsc) & mask;
	rec->exit.hpfar = rec_hpfar(rec, a->ipa);
	return rec_exit(rec, RMI_EXIT_SYNC);
}

/* A Data Abort that the host may emulate when the syndrome is valid. */
static enum rmm_realm_result exit_unprotected(struct rmm_rec *rec, const struct rmm_access *a,
					      unsigned fsc)
{
	uint64_t mask = a->isv ? MASK_EMULATABLE : MASK_UNPROTECTED;
	uint64_t low = granule_size(rec->rmm) - 1;

	/* OP-73: without it a host cannot tell what a permission fault wants. */
	if ((fsc & ~3u) == FSC_PERMISSION && !rec->rmm->profile.hide_wnr)
		mask |= ESR_WNR;
	rec->exit.esr = full_esr(a, fsc) & mask;
	rec->exit.hpfar = rec_hpfar(rec, a->ipa);
	if (a->isv) {
		/* Stage 1 maps at least 4 KiB: the lowest bits are those of the IPA. */
		rec->exit.far = (a->va & low & ~UINT64_C(0xfff)) | (a->ipa & 0xfff);
		if (a->write && a->srt != REG_XZR)
			rec->exit.gprs[0] = low_bits(a->value, a->size);
	}
	rec->emulatable = a->isv;
	rec->unprot_abort = true;
	rec->aborted = *a;
	return rec_exit(rec, RMI_EXIT_SYNC);
}

/* `p` is where pa lies, or NULL. */
static enum rmm_realm_result touch(struct rmm_rec *rec, struct rmm_access *a, uint8_t *p, rmm_pa pa,
				   bool realm)
{
	uint64_t value = 0;

	if (!p)
		return RMM_REALM_SEA;
	if (a->write) {
		for (unsigned i = 0; i < a->size; i++)
			p[i] = (uint8_t)(a->value >> 8 * i);
		if (realm)
			granule_mark_written(rec->rmm, pa);
		return RMM_REALM_DONE;
	}
	for (unsigned i = a->size; i-- > 0;)
		value = value << 8 | p[i];
	a->value = value;
	return RMM_REALM_DONE;
}

static enum rmm_realm_result access_of_plane(struct locks *l, struct rmm_rec *rec,
					     struct rmm_access *a, const struct rtt_walk *primary);

/* The registers of a VSMMU read as zero, writes are ignored. */
static enum rmm_realm_result touch_protected(struct rmm_rec *rec, struct rmm_access *a,
					     const struct rtt_walk *primary)
{
	rmm_pa pa = primary->e.pa + (a->ipa - primary->ipa);

	if (primary->e.hipas == RMM_ARCH_DEV) {
		if (!a->write)
			a->value = 0;
		return RMM_REALM_DONE;
	}
	return touch(rec, a, phys_ptr(rec->rmm, pa, a->size), pa, true);
}

static enum rmm_realm_result access_protected(struct locks *l, struct rmm_rec *rec,
					      struct rmm_access *a, const struct rtt_walk *w)
{
	bool device = w->e.ripas == RMI_DEV;

	if (w->e.ripas == RMI_EMPTY || (device && a->fetch))
		return RMM_REALM_SEA;
	if (!(device ? rtte_is_device(w->e)
		     : w->e.ripas == RMI_RAM && w->e.hipas == RMM_HIPAS_DATA))
		return exit_protected(rec, a, fsc_translation(w->level));
	if (rec->plane)
		return access_of_plane(l, rec, a, w);
	return touch_protected(rec, a, w);
}

/* What the host permits: two bits, or a base index (A5.6.11.4). */
static bool host_permits(const struct rmm_rec *rec, const struct rmm_access *a, unsigned s2ap)
{
	bool bit0_is_read = rec->rmm->profile.s2ap_bit0_is_read;

	if (!(rec_realm(rec)->params.flags1 & RMI_REALM_S2AP_INDIRECT))
		return s2ap & (a->write == bit0_is_read ? 2 : 1); /* bit 0 = write, bit 1 = read */
	if (s2ap == RMI_S2AP_BASE_RW || s2ap == RMI_S2AP_BASE_RW_PUX)
		return true;
	return s2ap == (a->write ? RMI_S2AP_BASE_WO : RMI_S2AP_BASE_RO);
}

/* What an overlay value (RsiMemPermValue) permits; code may be privileged or not. */
static bool overlay_permits(const struct rmm_access *a, unsigned value)
{
	if (a->fetch)
		return value >= 9 && value != 12;
	if (a->write)
		return value == 4 || value >= 12;
	return value >= 2 && value != 4;
}

static enum rmm_realm_result access_unprotected(struct rmm_rec *rec, struct rmm_access *a,
						const struct rtt_walk *w)
{
	rmm_pa pa = w->e.pa + (a->ipa - w->ipa);
	enum rmm_realm_result result;
	uint8_t *p;

	if (a->fetch)
		return RMM_REALM_SEA;
	rec->exit.rtt_tree = w->table->tree;
	if (w->e.hipas != RMM_MAPPED_NS)
		return exit_unprotected(rec, a, fsc_translation(w->level));
	if (!host_permits(rec, a, w->e.s2ap))
		return exit_unprotected(rec, a, FSC_PERMISSION + (unsigned)w->level);
	rec->exit.rtt_tree = 0;
	p = phys_ns_begin(rec->rmm, pa, a->size);
	if (!p)
		return RMM_REALM_SEA; /* a granule protection fault of the realm's own */
	result = touch(rec, a, p, pa, false);
	phys_ns_end(rec->rmm, pa);
	return result;
}

/* A read that the host has emulated: the model fits the value into the register. */
static void finish_mmio(struct rmm_rec *rec, struct rmm_access *a)
{
	uint64_t value = low_bits(rec->resume_value, a->size);

	if (a->write)
		return;
	if (a->sse && a->size < 8 && value >> (8 * a->size - 1) & 1)
		value |= ~low_bits(UINT64_MAX, a->size);
	if (!a->sf)
		value = low_bits(value, 4);
	if (a->srt == REG_XZR)
		value = 0;
	a->value = value;
}

static bool is_the_aborted_access(const struct rmm_rec *rec, const struct rmm_access *a)
{
	return a->ipa == rec->aborted.ipa && a->size == rec->aborted.size &&
	       a->write == rec->aborted.write;
}

/* OP-62: TF-RMM knows no stage 1 Address Size Fault. */
static enum rmm_realm_result above_the_ipa_space(const struct rmm_rec *rec)
{
	return rec->rmm->profile.tf_rmm ? RMM_REALM_SEA : RMM_REALM_SIZE_FAULT;
}

static enum rmm_realm_result exit_to_plane_0(struct locks *l, struct rmm_rec *rec,
					     const struct rmm_access *a, unsigned fsc)
{
	struct plane_exit e = { .reason = RSI_PLANE_EXIT_SYNC, .far = a->va };

	rtt_leave(l); /* RsiPlaneRun is in the primary tree */
	e.esr = full_esr(a, fsc);
	e.hpfar = (a->ipa & ~UINT64_C(0xfff)) >> 8;
	return rec_plane_exit(l, rec, &e);
}

/* Plane n > 0: what would be an external abort of the realm goes to plane 0 (A10.2). */
static enum rmm_realm_result plane_abort(struct locks *l, struct rmm_rec *rec,
					 const struct rmm_access *a)
{
	struct realm *realm = rec_realm(rec);
	unsigned fsc = FSC_EXTERNAL;

	if (realm_is_protected(realm, a->ipa)) {
		struct rtt_walk w = rtt_walk(l, realm->root, a->ipa, 3);

		if (w.e.ripas == RMI_EMPTY)
			fsc = fsc_translation(w.level);
	}
	return exit_to_plane_0(l, rec, a, fsc);
}

/* Protected memory, as plane n > 0 sees it: through its own tree, and the overlay. */
static enum rmm_realm_result access_of_plane(struct locks *l, struct rmm_rec *rec,
					     struct rmm_access *a, const struct rtt_walk *primary)
{
	struct realm *realm = rec_realm(rec);
	struct rtt *tree = realm_tree(realm, rec->plane);
	struct rtt_walk w = *primary;

	if (tree)
		w = rtt_walk(l, tree, a->ipa, 3);
	if (tree && w.e.hipas != RMM_HIPAS_DATA) {
		rec->exit.rtt_tree = rec->plane;
		return exit_protected(rec, a, fsc_translation(w.level));
	}
	if (!overlay_permits(a, realm->perm[rec->plane][w.e.s2ap]))
		return exit_to_plane_0(l, rec, a, FSC_PERMISSION + (unsigned)w.level);
	return touch_protected(rec, a, primary);
}

static enum rmm_realm_result resume_or_access(struct locks *l, struct rmm_rec *rec,
					      struct rmm_access *a)
{
	enum rec_resume resume = rec->resume;
	struct realm *realm = rec_realm(rec);
	enum rmm_realm_result result;
	struct rtt_walk w;

	rec->resume = RESUME_NONE;
	if (resume == RESUME_SEA && is_the_aborted_access(rec, a))
		return RMM_REALM_SEA;
	if (resume == RESUME_MMIO && is_the_aborted_access(rec, a)) {
		finish_mmio(rec, a);
		return RMM_REALM_DONE;
	}
	if (rec_plane_leaves(l, rec, &result))
		return result;
	if (a->ipa >= realm_ipa_size(realm))
		return above_the_ipa_space(rec);
	w = rtt_walk(l, realm->root, a->ipa, 3);
	if (realm_is_protected(realm, a->ipa))
		return access_protected(l, rec, a, &w);
	if (rec->plane && realm_tree(realm, rec->plane))
		w = rtt_walk(l, realm_tree(realm, rec->plane), a->ipa, 3);
	return access_unprotected(rec, a, &w);
}

enum rmm_realm_result rmm_realm_access(struct rmm *rmm, struct rmm_rec *rec, struct rmm_access *a)
{
	struct rmm_event event = { .kind = RMM_EVENT_ACCESS, .rec = rec, .access = a };
	struct locks l;

	if (rec->exited)
		return RMM_REALM_EXIT;
	locks_init(&l, rmm, rec->cpu, "access");
	/* What no instruction can ask for ends like an access that nothing answers. */
	event.result = access_is_possible(a) ? resume_or_access(&l, rec, a) : RMM_REALM_SEA;
	if (event.result == RMM_REALM_SEA && rec->plane)
		event.result = plane_abort(&l, rec, a);
	rtt_leave(&l);
	event.cpu = rec->cpu;
	if (rmm->cfg.event)
		rmm->cfg.event(rmm->cfg.ctx, &event);
	return event.result;
}

/* External abort, on the access or on a walk. */
static bool is_external(unsigned fsc)
{
	return fsc == FSC_EXTERNAL || (fsc >= 0x13 && fsc <= 0x17);
}

static enum rmm_realm_result exit_external(struct rmm_rec *rec, const struct rmm_access *a,
					   unsigned fsc)
{
	rec->exit.esr = full_esr(a, fsc) & (a->fetch ? MASK_INSTRUCTION : MASK_PROTECTED);
	return rec_exit(rec, RMI_EXIT_SYNC);
}

enum rmm_realm_result rmm_realm_abort(struct rmm *rmm, struct rmm_rec *rec,
				      const struct rmm_access *a, unsigned fsc)
{
	struct realm *realm;

	if (rec->exited)
		return RMM_REALM_EXIT;
	rec->resume = RESUME_NONE;
	realm = rec_realm(rec);
	fsc &= FSC_MASK;
	if (is_external(fsc))
		return exit_external(rec, a, fsc);
	if (rmm->profile.tf_rmm && a->ipa >= realm_ipa_size(realm))
		return RMM_REALM_SEA;
	if (realm_is_protected(realm, a->ipa))
		return exit_protected(rec, a, fsc);
	return exit_unprotected(rec, a, fsc);
}
