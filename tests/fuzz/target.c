/* SPDX-License-Identifier: BSD-2-Clause */
/* The target: a machine from the first bytes, then operations until the bytes end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rmisim/decode.h>

#include "fuzz.h"

#define MIB UINT64_C(0x100000)

static void run_realm(void *ctx, struct rmm_rec *rec, unsigned cpu)
{
	struct fuzz *f = ctx;
	struct rmm_rec *outer = f->running;

	if (rmm_locks_held(f->rmm))
		fuzz_fail(f, "a realm runs and granule locks are held");
	f->ran = true;
	f->running = rec;
	fuzz_forget(f);
	f->depth++;
	fuzz_program(f, rec);
	f->depth--;
	f->running = outer;
	f->ran = true;
	fuzz_forget(f);
}

/* Memory of the model's own: an operation may have asked for a failure. */
static void *alloc(void *ctx, size_t size)
{
	struct fuzz *f = ctx;

	if (f->starve && !--f->starve)
		return NULL;
	return calloc(1, size);
}

static void *ghost_alloc(void *ctx, size_t size)
{
	return calloc(1, size);
}

static void release(void *ctx, void *p, size_t size)
{
	free(p);
}

/* Physical memory of the caller's: the banks behind one another. */
static void *memory(void *ctx, rmm_pa pa, uint64_t size)
{
	struct fuzz *f = ctx;
	uint8_t *p = f->memory;

	for (unsigned i = 0; i < NR_BANKS; p += f->bank[i++].size) {
		if (pa >= f->bank[i].base && pa - f->bank[i].base < f->bank[i].size &&
		    size <= f->bank[i].size - (pa - f->bank[i].base))
			return p + (pa - f->bank[i].base);
	}
	fuzz_fail(f, "the model asks for memory at 0x%" PRIx64 ", which is in no bank", pa);
}

static void clean(void *ctx, rmm_pa pa, uint64_t size)
{
	memset(memory(ctx, pa, size), 0, size);
}

static unsigned gic(void *ctx, unsigned cpu)
{
	return ((struct fuzz *)ctx)->gic;
}

/* The one choice stream. */
static unsigned choose(void *ctx, const char *label, unsigned n)
{
	return fuzz_u8(ctx) % n;
}

static void on_exit_of(struct fuzz *f, const struct rmm_event *event)
{
	const char *name = rmi_exit_reason_name(event->exit->reason);

	if (f->stats->trace)
		fprintf(f->stats->trace, "  exit %s\n", name ? name : "?");
	if (event->exit->reason != RMI_EXIT_RIPAS_CHANGE)
		return;
	f->ripas_rec = rmm_rec_pa(event->rec);
	f->ripas_base = event->exit->ripas_base;
	f->ripas_top = event->exit->ripas_top;
}

/* Rows and features */

static unsigned command_index(uint64_t fid)
{
	return fid - RMI_FID_FIRST < FUZZ_COMMANDS - 1 ? (unsigned)(fid - RMI_FID_FIRST)
						       : FUZZ_COMMANDS - 1;
}

static void count(struct fuzz *f, uint64_t fid, uint64_t x0)
{
	struct fuzz_stats *s = f->stats;
	unsigned pair = FUZZ_PAIR(command_index(fid), RMI_RESULT_STATUS(x0) & 31);
	unsigned feature = (f->last_pair * 40503u + pair) % FUZZ_FEATURES;

	s->fresh |= !s->pair[pair] || !s->feature[feature];
	s->pair[pair] = 1;
	s->feature[feature] = 1;
	s->calls++;
	f->last_pair = pair;
}

static void count_condition(struct fuzz *f, int condition)
{
	struct fuzz_stats *s = f->stats;

	if (condition < 0 || condition >= FUZZ_ROWS)
		return;
	s->fresh |= !s->row[condition];
	s->row[condition] = 1;
}

static void on_event(void *ctx, const struct rmm_event *event)
{
	struct fuzz *f = ctx;
	const char *differs = f->ghost ? ghost_event(f->ghost, event) : NULL;

	if (differs)
		f->differs = differs;
	switch (event->kind) {
	case RMM_EVENT_RMI_RETURN:
	case RMM_EVENT_RSI:
		count_condition(f, event->condition);
		break;
	case RMM_EVENT_LOCK_ORDER:
		fuzz_fail(f,
			  "%s takes the lock of %s 0x%" PRIx64
			  " and %s holds that of %s 0x%" PRIx64,
			  event->taken->who, event->taken->kind, event->taken->pa, event->held->who,
			  event->held->kind, event->held->pa);
	case RMM_EVENT_REC_EXIT:
		on_exit_of(f, event);
		break;
	default:
		break;
	}
}

unsigned fuzz_rows(const struct fuzz_stats *stats)
{
	unsigned n = 0;

	for (unsigned i = 0; i < FUZZ_ROWS; i++)
		n += stats->row[i];
	return n;
}

void fuzz_print_rows(const struct fuzz_stats *stats, FILE *file)
{
	struct rmm_condition_info info;

	for (unsigned i = 0; i < FUZZ_ROWS && rmm_condition_at(i, &info); i++) {
		if (stats->row[i])
			fprintf(file, "%s %s %s %s\n", info.command, info.name, info.status_name,
				info.profile ? info.profile : "-");
	}
}

/* Calls */

static void trace(const struct fuzz *f, const struct rmm_regs *in, const struct rmm_regs *out)
{
	struct rmi_format_config config = { .edition = f->edition, .granule_shift = f->shift };
	const struct rmi_command *command = rmi_command(f->edition, in->x[0]);
	FILE *file = f->stats->trace;
	char text[160];

	fprintf(file, "%*s%3u %s(", (int)(2 * f->depth), "", f->calls,
		command ? command->name : "?");
	for (unsigned i = 0; command && i < command->nr_args; i++) {
		rmi_format(text, sizeof(text), &config, command->args[i].kind, in->x[i + 1]);
		fprintf(file, "%s%s=%s", i ? ", " : "", command->args[i].name, text);
	}
	rmi_format(text, sizeof(text), &config, RMI_KIND_RESULT, out->x[0]);
	fprintf(file, ") = %s", text);
	for (unsigned i = 1; i <= 4; i++)
		fprintf(file, " 0x%" PRIx64, out->x[i]);
	fprintf(file, "\n");
	fflush(file);
}

struct rmm_regs fuzz_smc(struct fuzz *f, const struct rmm_regs *in)
{
	struct rmm_regs regs = *in;
	struct fuzz_before before;
	bool ran = f->ran;

	if (f->calls >= MAX_CALLS) {
		f->pos = f->size;
		regs.x[0] = RMI_BUSY;
		return regs;
	}
	f->calls++;
	f->ran = false;
	fuzz_check_before(f, in, &before);
	rmm_smc(f->rmm, f->depth, &regs);
	if (f->stats->trace)
		trace(f, in, &regs);
	count(f, in->x[0], regs.x[0]);
	fuzz_check_after(f, &before, &regs);
	/* What the invariants say of the same call is said first. */
	if (f->differs)
		fuzz_fail(f, "ghost: %s", f->differs);
	f->ran = ran;
	return regs;
}

/* The machine */

static bool *profile_switch(struct rmm_profile *p, unsigned i)
{
	bool *switches[] = { &p->one_granule,
			     &p->poison,
			     &p->unprot_unmap_needs_mapped,
			     &p->unmap_needs_alignment,
			     &p->sro_cannot_cancel,
			     &p->donate_finishes,
			     &p->hide_wnr,
			     &p->s2ap_bit0_is_read,
			     &p->granule_tables,
			     &p->tf_rmm };

	return i < sizeof(switches) / sizeof(switches[0]) ? switches[i] : NULL;
}

/* One of the profiles, and now and then one that nobody has thought of. */
static void make_profile(struct fuzz *f)
{
	static const uint8_t granules[] = { 16, 0, 1, 2, 3, 17, 40, 200 };
	uint8_t b = fuzz_u8(f);
	unsigned nr = 0;
	bool *s;

	while (rmm_profile_at(nr))
		nr++;
	f->profile = *rmm_profile_at((b & 15) % nr);
	if (b & 0x10)
		f->profile.rec_granules = granules[b >> 5];
	if (!(b & 0x80))
		return;
	b = fuzz_u8(f);
	for (unsigned i = 0; i < 8; i++) {
		s = profile_switch(&f->profile, i + (b >> 7) * 2);
		if (s && b >> i & 1)
			*s = !*s;
	}
}

/* What the machine offers: nothing special, or one thing and another. */
static void make_features(struct fuzz *f, struct rmm_config *cfg)
{
	uint8_t b = fuzz_u8(f);

	f->fanout = b & 1 ? 1 + (b >> 1 & 3) : 0;
	cfg->fanout_bits = f->fanout;
	cfg->features.lpa2 = b & 0x08;
	cfg->features.max_aux_planes = b & 0x10 ? 3 : 0;
	cfg->features.max_recs_order = b & 0x20 ? 1 : 0;
	cfg->features.vmids = b & 0x40 ? 2 : 0;
	cfg->features.mec_count = b & 0x40 ? 1 : 0;
	/* Small trees: as wide as they go. LPA2: all 52 bits. */
	if (f->fanout)
		cfg->ipa_bits = 0;
	else if (cfg->features.lpa2)
		cfg->ipa_bits = 52;
	/* The rest of the time the whole range, at once. */
	cfg->choices = b & 0x80 ? 0 : RMM_CHOOSE_DONATION | RMM_CHOOSE_MEMORY;
}

static bool make_machine(struct fuzz *f)
{
	static const uint8_t ipa_bits[] = { 48, 48, 41, 32 };
	uint8_t b = fuzz_u8(f);
	struct rmm_config cfg = { .edition = (enum rmi_edition)(b % 3) };
	uint64_t high = UINT64_C(1) << 48;

	f->edition = cfg.edition;
	make_profile(f);
	cfg.profile = &f->profile;
	cfg.pa_bits = b & 0x20 ? 52 : 48;
	cfg.ipa_bits = ipa_bits[b >> 6];
	make_features(f, &cfg);
	cfg.check_locks = true;
	/* Two banks that touch, and one at the border of 48 bits. */
	f->bank[0] = (struct rmm_bank){ 0x80000000, 6 * MIB };
	f->bank[1] = (struct rmm_bank){ 0x80000000 + 6 * MIB, MIB };
	f->bank[2] = (struct rmm_bank){ b & 0x20 ? high : high - MIB, MIB };
	cfg.nr_banks = NR_BANKS;
	memcpy(cfg.banks, f->bank, sizeof(f->bank));
	cfg.ctx = f;
	cfg.run_realm = run_realm;
	cfg.choose = choose;
	cfg.event = on_event;
	cfg.alloc = alloc;
	cfg.free = release;
	cfg.gic = gic;
	/* Bits that say nothing else: the corpus keeps its meaning. */
	if (b & 0x10) {
		f->memory = calloc(1, 8 * MIB);
		cfg.memory = f->memory ? memory : NULL;
		cfg.clean = f->memory && b & 0x08 ? clean : NULL;
	}
	f->rmm = rmm_new(&cfg, NULL);
	if (!f->rmm)
		return false;
	f->ghost = ghost_new(&(struct ghost_config){ .rmm = f->rmm,
						     .mem = { ghost_alloc, release, NULL },
						     .edition = f->edition,
						     .tf_rmm = f->profile.tf_rmm,
						     .rim_of_params = f->profile.rim_of_params,
						     .fanout_bits = f->fanout });
	return true;
}

/* Configured and activated, or left in INIT. */
static void boot(struct fuzz *f)
{
	uint8_t b = fuzz_u8(f);
	unsigned granule = b % 8 < 6 ? 0 : b % 8 - 5;

	if (b >= 0xf8)
		return;
	fuzz_host_write(f, f->bank[0].base + 8, granule);
	fuzz_call(f, RMI_RMM_CONFIG_SET, f->bank[0].base);
	fuzz_call(f, RMI_RMM_ACTIVATE);
}

static void fuzz_check_ghost(struct fuzz *f)
{
	const char *differs = f->ghost ? ghost_compare_all(f->ghost) : NULL;

	if (differs)
		fuzz_fail(f, "ghost: %s", differs);
}

int fuzz_one(const uint8_t *data, size_t size, struct fuzz_stats *stats)
{
	struct fuzz *f = calloc(1, sizeof(*f));

	if (!f)
		return 0;
	f->data = data;
	f->size = size < FUZZ_MAX_SIZE ? size : FUZZ_MAX_SIZE;
	f->stats = stats;
	stats->fresh = false;
	stats->executions++;
	if (make_machine(f)) {
		f->next = f->bank[0].base;
		for (unsigned i = 0; i < NR_REALMS; i++)
			f->realm[i].shape.ipa_bits = 32;
		fuzz_begin(f);
		boot(f);
		while (fuzz_op(f))
			;
		fuzz_check_state(f, "the last operation");
		fuzz_check_ghost(f);
		ghost_free(f->ghost);
		rmm_free(f->rmm);
	}
	free(f->memory);
	free(f);
	return 0;
}
