/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds after each call, whatever the call was: results and the state that lies still. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <rmisim/decode.h>

#include "fuzz.h"

void fuzz_fail(const struct fuzz *f, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "invariant broken in call %u: ", f->calls);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	abort();
}

void fuzz_forget(struct fuzz *f)
{
	f->known = false;
}

/* The granule size is chosen while RMM is in INIT: nothing is delegated then. */
static void follow_granule_size(struct fuzz *f)
{
	if (f->page == rmm_granule_size(f->rmm))
		return;
	f->page = rmm_granule_size(f->rmm);
	f->shift = (unsigned)__builtin_ctzll(f->page);
	f->bits = f->fanout ? f->fanout : f->shift - 3;
	f->nr_granules = 0;
	for (unsigned i = 0; i < NR_BANKS; i++)
		f->nr_granules += (unsigned)(f->bank[i].size >> f->shift);
	memset(f->state, RMM_UNDELEGATED, sizeof(f->state));
	if (f->nr_granules > MAX_GRANULES)
		abort();
}

void fuzz_begin(struct fuzz *f)
{
	f->page = 0;
	follow_granule_size(f);
	fuzz_check_state(f, "rmm_new");
}

/* What a call may write for the host, by argument: 4 KiB of it. */
static uint32_t sum(const struct fuzz *f, uint64_t arg)
{
	const uint64_t *p = rmm_host_ptr(f->rmm, arg & ~UINT64_C(0xfff), 0x1000);
	uint64_t h = 0;

	for (unsigned i = 0; p && i < 512; i++)
		h = (h ^ p[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

static void sums(const struct fuzz *f, const struct rmm_regs *in, uint32_t s[6])
{
	for (unsigned i = 0; i < 6; i++)
		s[i] = sum(f, in->x[i + 1]);
}

void fuzz_check_before(struct fuzz *f, const struct rmm_regs *in, struct fuzz_before *b)
{
	if (!f->known)
		fuzz_check_state(f, "a realm's run");
	b->regs = *in;
	b->hash = f->hash;
	b->open = rmm_open_operations(f->rmm);
	sums(f, in, b->sum);
}

/* X0 */

static bool has_level(const struct fuzz *f, unsigned status)
{
	switch (status) {
	case RMI_ERROR_RTT:
	case RMI_ERROR_RTT_AUX:
	case RMI_ERROR_PSMMU_ST:
	case RMI_ERROR_DPT:
		return true;
	case RMI_ERROR_TRACKING: /* level and address from bet3 on (OP-3) */
	case RMI_ERROR_GPT:
		return f->edition >= RMI_BET3;
	default:
		return false;
	}
}

static bool has_address(const struct fuzz *f, unsigned status)
{
	return f->edition >= RMI_BET3 &&
	       (status == RMI_ERROR_DPT || status == RMI_ERROR_TRACKING || status == RMI_ERROR_GPT);
}

static void check_result(const struct fuzz *f, const char *name, uint64_t x0)
{
	unsigned status = RMI_RESULT_STATUS(x0), level = RMI_RESULT_LEVEL(x0);

	if (status >= RMI_NR_STATUS)
		fuzz_fail(f, "%s answers 0x%" PRIx64 ": no such status", name, x0);
	if (status == RMI_INCOMPLETE) {
		if (x0 >> 11 || RMI_RESULT_MEM(x0) > RMI_OP_MEM_REQ_RECLAIM)
			fuzz_fail(f, "%s answers INCOMPLETE with reserved bits, 0x%" PRIx64, name,
				  x0);
		return;
	}
	if (!has_level(f, status) && x0 >> 8)
		fuzz_fail(f, "%s answers 0x%" PRIx64 ": this status has no level", name, x0);
	/* A signed level: -1 is 0xff (OP-42). */
	if (has_level(f, status) &&
	    ((x0 >> 16 && !has_address(f, status)) || (level > 3 && level != 0xff)))
		fuzz_fail(f, "%s answers 0x%" PRIx64 ": no such level", name, x0);
}

/* A failed call: outputs that no definition covers, and no change. */

static bool is_op(uint64_t fid)
{
	return fid == RMI_OP_CONTINUE || fid == RMI_OP_CANCEL || fid == RMI_OP_MEM_DONATE ||
	       fid == RMI_OP_MEM_RECLAIM;
}

static bool output_is_defined(const struct fuzz *f, uint64_t fid, unsigned i, unsigned status)
{
	switch (fid) {
	case RMI_VERSION:
		return i <= 2;
	case RMI_RTT_DESTROY:
	case RMI_RTT_AUX_DESTROY:
		return i == 2;
	case RMI_RTT_SET_S2AP:
		return i <= 2 && (status == RMI_ERROR_RTT || status == RMI_ERROR_RTT_AUX);
	case RMI_GRANULE_RANGE_DELEGATE:
	case RMI_GRANULE_RANGE_UNDELEGATE:
		return i == 1 && f->profile.tf_rmm && status == RMI_ERROR_INPUT;
	default:
		return is_op(fid);
	}
}

static void check_failure(const struct fuzz *f, const struct rmi_command *command,
			  const struct fuzz_before *b, const struct rmm_regs *out, uint64_t hash)
{
	unsigned status = RMI_RESULT_STATUS(out->x[0]);
	uint64_t undefined = f->profile.poison ? RMM_POISON : 0;
	uint32_t now[6];

	/* REC_ENTER fails after the run when its run page has gone (a GPF on run). */
	if (f->ran)
		return;
	for (unsigned i = 1; i <= 4; i++) {
		/* BUSY by somebody else's hand: the first granule was not there any more. */
		if (output_is_defined(f, command->fid, i, status) || out->x[i] == undefined)
			continue;
		fuzz_fail(f, "%s fails with %s and leaves 0x%" PRIx64 " in X%u", command->name,
			  rmi_status_name(status), out->x[i], i);
	}
	sums(f, &b->regs, now);
	if (memcmp(now, b->sum, sizeof(now)))
		fuzz_fail(f, "%s fails with %s and has written to memory", command->name,
			  rmi_status_name(status));
	/* The end of an operation may be the error of the command that began it. */
	if (command->fid == RMI_OP_CONTINUE && rmm_open_operations(f->rmm) == b->open - 1)
		return;
	/* TF-RMM has got as far as the entry that it tells of. */
	if (command->fid == RMI_RTT_SET_S2AP && f->profile.tf_rmm && out->x[1])
		return;
	if (hash != b->hash)
		fuzz_fail(f, "%s fails with %s and has changed the state", command->name,
			  rmi_status_name(status));
}

/* A call that succeeded: what it says it has done is done. */

static void check_out_top(const struct fuzz *f, const char *name, uint64_t base, uint64_t top,
			  uint64_t out_top)
{
	if (out_top <= base || out_top > top)
		fuzz_fail(f,
			  "%s of [0x%" PRIx64 ", 0x%" PRIx64 ") succeeds with out_top 0x%" PRIx64
			  ", which is not in (base, top]",
			  name, base, top, out_top);
}

static void check_granules(const struct fuzz *f, const char *name, uint64_t base, uint64_t top,
			   unsigned state)
{
	enum rmm_granule_state is;

	for (uint64_t pa = base; pa < top; pa += f->page) {
		if (!rmm_granule_state(f->rmm, pa, &is) || is != state)
			fuzz_fail(f, "%s succeeds up to 0x%" PRIx64 ", and 0x%" PRIx64 " is not %s",
				  name, top, pa, rmm_granule_state_name(state));
	}
}

/* First and last entry of [base, top). */
static void check_entries(const struct fuzz *f, const char *name, const struct rmm_regs *in,
			  uint64_t out_top, unsigned hipas)
{
	uint64_t ipas[2] = { in->x[2], out_top - f->page };
	struct rmm_entry e;

	for (unsigned i = 0; i < 2; i++) {
		if (!rmm_walk(f->rmm, in->x[1], ipas[i], &e) || e.hipas != hipas)
			fuzz_fail(f,
				  "%s succeeds up to 0x%" PRIx64 ", and the entry of 0x%" PRIx64
				  " is not %s",
				  name, out_top, ipas[i], rmm_hipas_name(hipas));
	}
}

static void check_ram(const struct fuzz *f, const char *name, const struct rmm_regs *in,
		      uint64_t out_top)
{
	uint64_t ipas[2] = { in->x[2], out_top - f->page };
	struct rmm_entry e;

	for (unsigned i = 0; i < 2; i++) {
		if (!rmm_walk(f->rmm, in->x[1], ipas[i], &e) || e.ripas != RMI_RAM)
			fuzz_fail(f,
				  "%s succeeds up to 0x%" PRIx64 ", and 0x%" PRIx64 " is not RAM",
				  name, out_top, ipas[i]);
	}
}

static void check_range(const struct fuzz *f, const char *name, const struct rmm_regs *in,
			const struct rmm_regs *out)
{
	uint64_t top = out->x[1];

	switch (in->x[0]) {
	case RMI_GRANULE_RANGE_DELEGATE:
	case RMI_GRANULE_RANGE_UNDELEGATE:
		check_out_top(f, name, in->x[1], in->x[2], top);
		check_granules(f, name, in->x[1], top,
			       in->x[0] == RMI_GRANULE_RANGE_DELEGATE ? RMM_DELEGATED
								      : RMM_UNDELEGATED);
		break;
	case RMI_GRANULE_TRACKING_GET:
		check_out_top(f, name, in->x[1], in->x[2], out->x[3]);
		break;
	case RMI_RTT_SET_RIPAS:
		check_out_top(f, name, in->x[3], in->x[4], top);
		break;
	case RMI_RTT_INIT_RIPAS:
		check_out_top(f, name, in->x[2], in->x[3], top);
		check_ram(f, name, in, top);
		break;
	case RMI_RTT_DATA_MAP:
	case RMI_RTT_UNPROT_MAP:
		check_out_top(f, name, in->x[2], in->x[3], top);
		check_entries(f, name, in, top,
			      in->x[0] == RMI_RTT_DATA_MAP ? RMM_HIPAS_DATA : RMM_MAPPED_NS);
		break;
	case RMI_RTT_DATA_UNMAP:
	case RMI_RTT_UNPROT_UNMAP:
		check_out_top(f, name, in->x[2], in->x[3], top);
		check_entries(f, name, in, top,
			      in->x[0] == RMI_RTT_DATA_UNMAP ? RMM_VOID : RMM_UNMAPPED_NS);
		if (out->x[3] > (in->x[4] >> 2 & 0x3fff))
			fuzz_fail(f, "%s writes more descriptors than its list holds", name);
		break;
	default:
		break;
	}
}

static void check_success(const struct fuzz *f, const struct rmi_command *command,
			  const struct rmm_regs *in, const struct rmm_regs *out)
{
	for (unsigned i = command->nr_results + 1; i <= 4 && !is_op(command->fid); i++) {
		if (out->x[i])
			fuzz_fail(f, "%s succeeds and leaves 0x%" PRIx64 " in X%u", command->name,
				  out->x[i], i);
	}
	check_range(f, command->name, in, out);
}

void fuzz_check_after(struct fuzz *f, const struct fuzz_before *b, const struct rmm_regs *out)
{
	/* A name that this edition or profile does not answer to is an unknown function. */
	const struct rmi_command *command =
		out->x[0] == SMCCC_NOT_SUPPORTED ? NULL : rmi_command(f->edition, b->regs.x[0]);
	const char *name = command ? command->name : "an unknown function";
	unsigned status = RMI_RESULT_STATUS(out->x[0]);
	uint64_t hash = rmm_state_hash(f->rmm);

	if (rmm_locks_held(f->rmm))
		fuzz_fail(f, "%s leaves %" PRIu64 " granule locks held", name,
			  rmm_locks_held(f->rmm));
	for (unsigned i = command ? 5 : 1; i < 18; i++) {
		if (out->x[i] != b->regs.x[i])
			fuzz_fail(f, "%s changes X%u, which is no output", name, i);
	}
	if (!command) {
		if (out->x[0] != SMCCC_NOT_SUPPORTED || hash != b->hash)
			fuzz_fail(f, "an unknown function is carried out");
		return;
	}
	check_result(f, name, out->x[0]);
	if (status == RMI_SUCCESS)
		check_success(f, command, &b->regs, out);
	else if (status != RMI_INCOMPLETE)
		check_failure(f, command, b, out, hash);
	follow_granule_size(f);
	if (hash != f->hash || !f->known)
		fuzz_check_state(f, name);
}
