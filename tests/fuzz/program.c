/* SPDX-License-Identifier: BSD-2-Clause */
/* What a realm does while it runs: accesses, RSI calls, interrupts; and what other CPUs do meanwhile. */
#include "fuzz.h"

/* The realm to which the REC belongs, as far as the target knows it. */
static const struct fuzz_realm *realm_of(struct fuzz *f)
{
	static const struct fuzz_realm unknown = { .shape = { .ipa_bits = 32 } };
	uint8_t b = fuzz_u8(f);

	return b < 0xf0 ? &f->realm[b % NR_REALMS] : &unknown;
}

static enum rmm_realm_result do_access(struct fuzz *f, struct rmm_rec *rec)
{
	rmm_ipa ipa = fuzz_ipa(f, realm_of(f));
	uint8_t how = fuzz_u8(f), reg = fuzz_u8(f);
	struct rmm_access a = { .size = 1u << (how & 3),
				.write = how & 4,
				.fetch = how & 8,
				.isv = how & 16,
				.sse = how & 32,
				.sf = how & 64,
				.srt = reg & 31,
				.va = reg };

	a.ipa = ipa + (reg >> 5) * 8;
	a.value = UINT64_C(0x5ec7e75ec7e75ec7);
	if (how & 0x80)
		a.size = fuzz_u8(f);
	if (how == 0xff)
		return rmm_realm_abort(f->rmm, rec, &a, reg);
	return rmm_realm_access(f->rmm, rec, &a);
}

/* An argument of an RSI call: an IPA, a small number, anything. */
static uint64_t argument(struct fuzz *f, const struct fuzz_realm *realm)
{
	uint8_t b = fuzz_u8(f);

	if (b < 0xa0)
		return fuzz_ipa(f, realm);
	return b < 0xf0 ? b & 3 : fuzz_u64(f);
}

static enum rmm_realm_result do_rsi(struct fuzz *f, struct rmm_rec *rec)
{
	static const uint64_t fids[] = { RSI_IPA_STATE_SET, RSI_IPA_STATE_GET, RSI_HOST_CALL,
					 RSI_VERSION,       RSI_FEATURES,      RSI_REALM_CONFIG };
	const struct fuzz_realm *realm = realm_of(f);
	uint8_t b = fuzz_u8(f);
	struct rmm_regs regs = { { 0 } };

	regs.x[0] = b < 0x80   ? fids[b % (sizeof(fids) / sizeof(fids[0]))]
		    : b < 0xc0 ? RMI_FID_BASE + 0x190 + (b & 31)
		    : b < 0xe0 ? RMI_FID_BASE + (b & 31)
			       : fuzz_u64(f);
	for (unsigned i = 1; i < 5; i++)
		regs.x[i] = argument(f, realm);
	/* A range, as a careful realm asks for it. */
	if (b % 4 == 0)
		regs.x[2] = regs.x[1] + (fuzz_u8(f) + 1u) * 0x1000;
	return rmm_realm_smc(f->rmm, rec, &regs);
}

/* What hardware does besides: waits, system registers, HVC, SErrors, timers. */
static enum rmm_realm_result do_other(struct fuzz *f, struct rmm_rec *rec)
{
	uint8_t b = fuzz_u8(f);
	struct rmm_sysreg reg = { .iss = (uint32_t)b << 14 | (b & 15u) << 1,
				  .write = b & 0x10,
				  .rt = b >> 3,
				  .value = b };
	struct rmm_counters counters = { .cntp_ctl = b, .cntv_cval = b, .pmu_ovf_status = b >> 7 };

	switch (b & 7) {
	case 0:
	case 1:
		return rmm_realm_wfx(f->rmm, rec, (enum rmm_wfx)(b >> 3 & 3), b);
	case 2:
	case 3:
		return rmm_realm_sysreg(f->rmm, rec, &reg);
	case 4:
		return rmm_realm_hvc(f->rmm, rec, b);
	case 5:
		return rmm_realm_serror(f->rmm, rec, (uint32_t)fuzz_u64(f));
	case 6:
		rmm_realm_set_counters(f->rmm, rec, &counters);
		return RMM_REALM_DONE;
	default:
		/* what a program may ask of its REC */
		if (rmm_rec_plane(rec) > 3 || rmm_rec_gpr(rec, 31 + b))
			fuzz_fail(f, "a REC has no such plane or register");
		return rmm_rec_pc(rec) ? RMM_REALM_DONE : rmm_realm_hvc(f->rmm, rec, 0);
	}
}

void fuzz_program(struct fuzz *f, struct rmm_rec *rec)
{
	enum rmm_realm_result result = RMM_REALM_DONE;

	for (unsigned i = 0; i < 64 && result != RMM_REALM_EXIT; i++) {
		uint8_t b = fuzz_u8(f);

		/* What changes behind the model's back is not known any more. */
		fuzz_forget(f);
		switch (b & 7) {
		case 0:
			return;
		case 1 ... 3:
			result = do_access(f, rec);
			break;
		case 4:
		case 5:
			result = do_rsi(f, rec);
			break;
		case 6:
			result = b >> 4 == 15 ? do_other(f, rec)
				 : b & 8      ? rmm_realm_irq(f->rmm, rec)
					      : rmm_realm_fiq(f->rmm, rec);
			break;
		default:
			if (f->depth < MAX_DEPTH && !fuzz_op(f))
				return;
			break;
		}
		if (rmm_locks_held(f->rmm))
			fuzz_fail(f, "a realm's operation leaves granule locks held");
	}
	/* Whatever has left, what comes behind the exit has no effect. */
	if (result == RMM_REALM_EXIT && rmm_realm_irq(f->rmm, rec) != RMM_REALM_EXIT)
		fuzz_fail(f, "a realm goes on after its exit");
}
