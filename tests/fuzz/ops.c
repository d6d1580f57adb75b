/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations of the host. Half of them do what a careful host does, so that few bytes lead deep; the
 * other half does anything. None expects a call to succeed: the state may be in anybody's way.
 */
#include "ops.h"

rmm_pa op_delegated(struct fuzz *f, unsigned n)
{
	rmm_pa pa = fuzz_find(f, RMM_UNDELEGATED, n);
	uint64_t at = pa, end = pa + n * f->page;

	for (unsigned i = 0; pa && i < n; i++)
		fuzz_host_write(f, pa + (i + 1) * f->page - 8, UINT64_C(0x05705705705705));
	while (pa && at < end) {
		struct rmm_regs r = fuzz_call(f, RMI_GRANULE_RANGE_DELEGATE, at, end);

		if (r.x[0] || r.x[1] <= at)
			return 0;
		at = r.x[1];
	}
	return pa;
}

/* Operations that are not finished */

static void note_op(struct fuzz *f, struct fuzz_op *op, const struct rmm_regs *r)
{
	op->x0 = r->x[0];
	if (RMI_RESULT_STATUS(r->x[0]) == RMI_INCOMPLETE &&
	    RMI_RESULT_MEM(r->x[0]) == RMI_OP_MEM_REQ_DONATE)
		op->wanted = (unsigned)(r->x[2] >> 2 & 0x3fff);
}

/* A command answered: is it an operation now? */
static struct fuzz_op *begun(struct fuzz *f, const struct rmm_regs *r)
{
	struct fuzz_op *op = &f->op[f->next_op % NR_HANDLES];

	if (RMI_RESULT_STATUS(r->x[0]) != RMI_INCOMPLETE)
		return NULL;
	f->next_op++;
	op->handle = r->x[1];
	note_op(f, op, r);
	return op;
}

/*
 * Donate `n` pages as a list of single ones, or as one run; one of them may be no page for it.
 */
static struct rmm_regs donate(struct fuzz *f, struct fuzz_op *op, unsigned n, uint8_t how)
{
	rmm_pa list = fuzz_scratch(f, PAGE_LIST), pages;

	n = n < 64 ? n : 64;
	pages = n ? op_delegated(f, n) : 0;
	for (unsigned i = 0; i < n; i++)
		fuzz_host_write(f, list + 8 * i, (pages + i * f->page) | 4);
	if (how & 0x20 && n)
		fuzz_host_write(f, list + 8 * (n / 2), fuzz_desc(f));
	if (how & 0x10) {
		fuzz_host_write(f, list, pages | n << 2);
		n = 1;
	}
	return fuzz_call(f, RMI_OP_MEM_DONATE, op->handle, list, n);
}

/* The next call that the operation asks for; a byte may ask for another one. */
static void drive_once(struct fuzz *f, struct fuzz_op *op, uint8_t how)
{
	struct rmm_regs r;

	if (how & 0x80)
		r = fuzz_call(f, RMI_OP_CANCEL, op->handle);
	else if (RMI_RESULT_MEM(op->x0) == RMI_OP_MEM_REQ_DONATE)
		r = donate(f, op, how & 0x40 ? op->wanted : how & 15, how);
	else if (RMI_RESULT_MEM(op->x0) == RMI_OP_MEM_REQ_RECLAIM)
		r = fuzz_call(f, RMI_OP_MEM_RECLAIM, op->handle, fuzz_scratch(f, PAGE_OUT_LIST),
			      how & 0x40 ? 256 : how & 15);
	else
		r = fuzz_call(f, RMI_OP_CONTINUE, op->handle, how & 1);
	if (RMI_RESULT_STATUS(r.x[0]) == RMI_INCOMPLETE || !r.x[0])
		note_op(f, op, &r);
}

static void finish(struct fuzz *f, struct fuzz_op *op)
{
	for (unsigned i = 0; op && i < 8 && RMI_RESULT_STATUS(op->x0) == RMI_INCOMPLETE; i++)
		drive_once(f, op, 0x40);
}

/* Realms */

/* A start level for the width, with as many or as few concatenated tables as it takes. */
static void geometry(struct fuzz *f, struct rmm_shape *s, bool deep)
{
	unsigned bits = f->bits;

	for (int level = deep ? 3 : 0; level >= 0 && level <= 3; level += deep ? -1 : 1) {
		unsigned below = f->shift + (unsigned)(3 - level) * bits;

		if (s->ipa_bits <= below || s->ipa_bits - below > bits + 4)
			continue;
		s->start_level = level;
		s->roots = s->ipa_bits - below > bits ? 1u << (s->ipa_bits - below - bits) : 1;
		return;
	}
	s->start_level = 0;
	s->roots = 1;
}

static void write_params(struct fuzz *f, const struct rmm_shape *s, uint8_t how)
{
	rmm_pa p = fuzz_scratch(f, PAGE_PARAMS);

	for (uint64_t at = 0; at < 0x1000; at += 8)
		fuzz_host_write(f, p + at, 0);
	fuzz_host_write(f, p + RMI_PARAMS_S2SZ, s->ipa_bits);
	fuzz_host_write(f, p + RMI_PARAMS_NUM_BPS, 1);
	fuzz_host_write(f, p + RMI_PARAMS_NUM_WPS, 1);
	fuzz_host_write(f, p + RMI_PARAMS_HASH, how % 3);
	fuzz_host_write(f, p + RMI_PARAMS_RPV, how);
	fuzz_host_write(f, p + RMI_PARAMS_RTT_BASE, s->root[0]);
	fuzz_host_write(f, p + RMI_PARAMS_RTT_LEVEL, (uint64_t)s->start_level);
	fuzz_host_write(f, p + RMI_PARAMS_RTT_NUM, s->roots);
}

/* One field of a structure with another value. */
static void spoil(struct fuzz *f, rmm_pa p)
{
	static const uint16_t fields[] = { RMI_PARAMS_FLAGS0,    RMI_PARAMS_S2SZ,
					   RMI_PARAMS_SVE_VL,    RMI_PARAMS_NUM_BPS,
					   RMI_PARAMS_NUM_WPS,   RMI_PARAMS_PMU_CTRS,
					   RMI_PARAMS_HASH,      RMI_PARAMS_AUX_PLANES,
					   RMI_PARAMS_RTT_BASE,  RMI_PARAMS_RTT_LEVEL,
					   RMI_PARAMS_RTT_NUM,   RMI_PARAMS_FLAGS1,
					   RMI_PARAMS_ATS_PLANE, RMI_REC_PARAMS_MPIDR,
					   RMI_PARAMS_RPV,       0xf80 };
	uint8_t b = fuzz_u8(f);

	fuzz_host_write(f, p + fields[b & 15],
			b & 0x80   ? fuzz_u64(f)
			: b & 0x40 ? fuzz_pa(f)
				   : fuzz_u8(f));
}

static void create_realm(struct fuzz *f)
{
	static const uint8_t widths[] = { 39, 40, 48, 33, 32, 25, 41, 30 };
	struct fuzz_realm *realm = fuzz_realm(f);
	uint8_t how = fuzz_u8(f);
	struct rmm_shape s = { .ipa_bits = widths[how & 7], .trees = 1 };
	rmm_pa rd;

	/* Small trees: up to five levels of a few entries. */
	if (f->fanout)
		s.ipa_bits = f->shift + 1 + (how & 3) * f->fanout;

	geometry(f, &s, how & 8);
	rd = op_delegated(f, 1);
	s.root[0] = op_delegated(f, s.roots);
	write_params(f, &s, how >> 4 & 3);
	if (how & 0x80)
		spoil(f, fuzz_scratch(f, PAGE_PARAMS));
	if (fuzz_call(f, RMI_REALM_CREATE, rd, fuzz_scratch(f, PAGE_PARAMS)).x[0])
		return;
	realm->rd = rd;
	rmm_realm_shape(f->rmm, rd, &realm->shape);
}

static void create_rec(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	rmm_pa params = fuzz_scratch(f, PAGE_REC_PARAMS), rec = op_delegated(f, 1);
	uint8_t how = fuzz_u8(f);
	struct fuzz_op *op;
	struct rmm_regs r;

	fuzz_host_write(f, params + RMI_REC_PARAMS_FLAGS, !(how & 0x10));
	fuzz_host_write(f, params + RMI_REC_PARAMS_MPIDR, how & 15);
	if (how & 0x20)
		spoil(f, params);
	r = fuzz_call(f, RMI_REC_CREATE, realm->rd, rec, params);
	op = begun(f, &r);
	f->rec[how % NR_RECS] = rec;
	if (!(how & 0x40))
		finish(f, op);
}

static void activate(struct fuzz *f)
{
	fuzz_call(f, RMI_REALM_ACTIVATE, fuzz_realm(f)->rd);
}

static void enter(struct fuzz *f)
{
	rmm_pa run = fuzz_scratch(f, PAGE_RUN + f->depth);
	uint8_t how = fuzz_u8(f);

	fuzz_host_write(f, run + RMI_RUN_ENTER_FLAGS, how >> 3);
	fuzz_host_write(f, run + RMI_RUN_ENTER_GPRS, 0x1234567890abcdef);
	fuzz_call(f, RMI_REC_ENTER, f->rec[how % NR_RECS], how & 4 ? fuzz_pa(f) : run);
}

/* Terminate, and on the way down as far as a byte says. */
static void end_realm(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	uint8_t how = fuzz_u8(f);
	struct rmm_regs r;

	if (how & 1)
		fuzz_call(f, RMI_REALM_TERMINATE, realm->rd);
	if (how & 2) {
		r = fuzz_call(f, RMI_REC_DESTROY, f->rec[how >> 2 & 3]);
		if (how & 0x10)
			finish(f, begun(f, &r));
		else
			begun(f, &r);
	}
	if (how & 0x20)
		fuzz_call(f, RMI_REALM_DESTROY, realm->rd);
}

/* What is DELEGATED, or anything. */
static void give_back(struct fuzz *f)
{
	uint8_t how = fuzz_u8(f);
	rmm_pa pa = how & 0x80 ? fuzz_pa(f) : fuzz_find(f, RMM_DELEGATED, 1);

	fuzz_call(f, RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + ((how & 63) + 1u) * f->page);
}

static void take(struct fuzz *f)
{
	rmm_pa pa = fuzz_pa(f);

	fuzz_call(f, RMI_GRANULE_RANGE_DELEGATE, pa, pa + ((fuzz_u8(f) & 63) + 1u) * f->page);
}

/*
 * The functions by a number of their own, so that a corpus keeps its meaning when the model learns
 * more of them: new ones go to the end. Low halves of the FIDs.
 */
static const uint16_t functions[] = {
	0x150, 0x153, 0x157, 0x158, 0x159, 0x15a, 0x15b, 0x15c, 0x15d, 0x15e, 0x161, 0x165, 0x166,
	0x168, 0x169, 0x16e, 0x1e1, 0x1ec, 0x1f1, 0x1f2, 0x1f5, 0x1f6, 0x1fb, 0x1fc, 0x201, 0x202,
	0x203, 0x208, 0x209, 0x20a, 0x164, 0x170, 0x17d, 0x17e, 0x17f, 0x18b, 0x1e3, 0x1ee, 0x1f3,
	0x1f4, 0x1f7, 0x1f8, 0x1f9, 0x1fa, 0x1fd, 0x1fe, 0x1ff, 0x200, 0x20f, 0x211, 0x163,
};

#define NR_FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

/* Any function, arguments after their kind; or any registers at all. */
static void any_call(struct fuzz *f)
{
	struct rmm_regs regs = { { 0 } };
	const struct rmi_command *command;
	struct fuzz_realm *realm;
	uint8_t b = fuzz_u8(f);
	rmm_pa rd;

	regs.x[0] = b < 250 ? RMI_FID_BASE + functions[b % NR_FUNCTIONS] : fuzz_u64(f);
	command = rmi_command(f->edition, regs.x[0]);
	if (command) {
		fuzz_args(f, command, &regs);
	} else {
		for (unsigned i = 1; i < 7; i++)
			regs.x[i] = fuzz_pa(f);
	}
	rd = regs.x[1];
	regs = fuzz_smc(f, &regs);
	begun(f, &regs);
	if (command && command->fid == RMI_REALM_CREATE && !regs.x[0]) {
		realm = fuzz_realm(f);
		realm->rd = rd;
		rmm_realm_shape(f->rmm, rd, &realm->shape);
	}
}

static void write_host(struct fuzz *f)
{
	rmm_pa pa = fuzz_pa(f);
	uint8_t how = fuzz_u8(f);

	pa = align_down(pa, 0x1000) + (how & 31) * 8u + (how & 0x80 ? 0x800 : 0);
	for (unsigned i = 0; i <= (how >> 5 & 3u); i++)
		fuzz_host_write(f, pa + 8 * i, fuzz_desc(f));
}

static void spoil_params(struct fuzz *f)
{
	spoil(f, fuzz_scratch(f, fuzz_u8(f) & 1 ? PAGE_PARAMS : PAGE_REC_PARAMS));
	if (fuzz_u8(f) & 1)
		fuzz_call(f, RMI_REALM_CREATE, op_delegated(f, 1), fuzz_scratch(f, PAGE_PARAMS));
}

static void drive(struct fuzz *f)
{
	uint8_t how = fuzz_u8(f);

	drive_once(f,
		   &f->op[how >> 4 & 1 ? f->next_op % NR_HANDLES : (f->next_op + 3) % NR_HANDLES],
		   how);
}

/* A realm that runs: the way there takes an ordinary host five calls. */
static void ready(struct fuzz *f)
{
	create_realm(f);
	create_rec(f);
	op_map(f);
	activate(f);
	enter(f);
}

/* An allocation of the model's fails: the next one, or one of the next. */
static void starve(struct fuzz *f)
{
	f->starve = 1 + (fuzz_u8(f) & 31);
}

/* What the CPU's virtual interrupt interface looks like from now on. */
static void set_gic(struct fuzz *f)
{
	f->gic = fuzz_u8(f) & (RMM_GIC_LR_HW | RMM_GIC_PENDING);
}

/* A realm with a tree for each of its planes. */
static void create_planes(struct fuzz *f)
{
	static const uint8_t widths[] = { 39, 40, 33, 32 };
	struct fuzz_realm *realm = fuzz_realm(f);
	uint8_t how = fuzz_u8(f);
	struct rmm_shape s = { .ipa_bits = widths[how & 3], .trees = 1 + (how >> 2 & 3) };
	rmm_pa params = fuzz_scratch(f, PAGE_PARAMS), rd;

	if (f->fanout)
		s.ipa_bits = f->shift + 1 + (how & 3) * f->fanout;
	geometry(f, &s, how & 0x10);
	rd = op_delegated(f, 1);
	s.root[0] = op_delegated(f, s.roots);
	write_params(f, &s, 0);
	fuzz_host_write(f, params + RMI_PARAMS_AUX_PLANES, s.trees - 1);
	fuzz_host_write(f, params + RMI_PARAMS_FLAGS1, RMI_REALM_TREE_PER_PLANE);
	for (unsigned i = 1; i < s.trees; i++)
		fuzz_host_write(f, params + RMI_PARAMS_AUX_RTT_BASE + 8 * (i - 1),
				op_delegated(f, s.roots));
	if (fuzz_call(f, RMI_REALM_CREATE, rd, params).x[0])
		return;
	realm->rd = rd;
	rmm_realm_shape(f->rmm, rd, &realm->shape);
	/* What is no RAM, no auxiliary tree maps. */
	fuzz_call(f, RMI_RTT_INIT_RIPAS, rd, 0, UINT64_C(1) << (s.ipa_bits - 1));
}

/* A realm of planes whose trees map the same page: the way there takes an ordinary host long. */
static void planes_ready(struct fuzz *f)
{
	create_planes(f);
	create_rec(f);
	op_map(f);
	op_plane_call(f);
	op_plane_call(f);
	activate(f);
	enter(f);
}

/*
 * The first numbers are those of an older list, over and over; what comes later has numbers at the
 * end of the byte, which a corpus that does not know them seldom has.
 */
#define FIRST_NEW_OP 0xf0

bool fuzz_op(struct fuzz *f)
{
	static void (*const ops[])(struct fuzz * f) = {
		any_call,     create_realm, create_rec, activate,      op_make_tables,
		op_map,       op_map_block, op_unmap,   op_table_call, op_serve_ripas,
		enter,        end_realm,    give_back,  take,          write_host,
		spoil_params, drive,        any_call,   ready,
	};
	static void (*const new_ops[])(struct fuzz * f) = {
		starve, starve, set_gic, create_planes, op_plane_call, op_plane_call, planes_ready,
	};
	uint8_t op = fuzz_u8(f);

	if (!op)
		return false;
	if (op >= FIRST_NEW_OP)
		new_ops[(op - FIRST_NEW_OP) % (sizeof(new_ops) / sizeof(new_ops[0]))](f);
	else
		ops[(op - 1) % (sizeof(ops) / sizeof(ops[0]))](f);
	return !fuzz_ended(f);
}
